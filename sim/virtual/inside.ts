import { currentRealm, type Realm } from './current.js';
import { forbidden } from './forbidden.js';

type Method = (...args: never[]) => unknown;

/** Replaces a method of something that nodes share, for nodes alone. */
export function insideNodes(owner: object, key: string, method: (realm: Realm) => Method): void {
  const native = (owner as Readonly<Record<string, unknown>>)[key];
  if (typeof native !== 'function') return;
  // A shorthand method: it has a name, and it cannot be called with `new`, like the native one.
  const replacement = {
    [key](this: unknown, ...args: unknown[]): unknown {
      const realm = currentRealm();
      const run = realm === undefined ? native : method(realm);
      return Reflect.apply(run, this, args) as unknown;
    },
  }[key];
  Object.defineProperty(owner, key, { value: replacement, writable: true, configurable: true });
}

/** In place of a method that no node may call. */
export function refused(call: string): () => Method {
  return () => forbidden(call);
}
