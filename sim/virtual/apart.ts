import { compileFunction } from 'node:vm';
import type { Clock, Platform, Random } from '../../src/platform/platform.js';
import { BUNDLE_NAME } from '../source-place.js';
import { forbidden } from './forbidden.js';
import { OUTSIDE } from './globals.js';
import { chance } from './random.js';
import { virtualWorld } from './realm.js';

/**
 * What a bundle exports, evaluated in a thread that is not the nodes' own and stays as it is: every
 * name that tells the time, draws at random or reaches outside is shadowed by a parameter of the
 * function that wraps the bundle. Text that the bundle itself evaluates is not held back.
 */
export function loadApart(text: string, platform: Platform): unknown {
  const hooks = { index: 0, exit: () => undefined, refused: () => undefined };
  const { realm, require } = virtualWorld(platform, hooks, (module) => module);
  const shadows: Record<string, unknown> = {
    ...Object.fromEntries(OUTSIDE.map((name) => [name, forbidden(name)])),
    ...realm.globals,
    Date: dateOf(platform.clock),
    Math: mathOf(platform.random),
  };
  const { globalThis: own, global: _same, ...members } = shadows;
  Object.assign(own as object, members);
  const module = { exports: {} };
  const wrapped = { module, exports: module.exports, require, ...shadows };
  const evaluate = compileFunction(text, Object.keys(wrapped), { filename: BUNDLE_NAME });
  Reflect.apply(evaluate, module.exports, Object.values(wrapped));
  return module.exports;
}

function dateOf(clock: Clock): DateConstructor {
  const now = (): number => clock.wallMs();
  return new Proxy(Date, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new Date(now()).toString(),
    get: (target, key, receiver) =>
      key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown),
  });
}

function mathOf(random: Random): typeof Math {
  const own = Object.getOwnPropertyDescriptors(Math);
  const shadow = { ...own, random: { value: () => chance(random) } };
  return Object.defineProperties({}, shadow) as typeof Math;
}
