import { currentRealm, type Realm } from './current.js';
import { forbidden } from './forbidden.js';

type Method = (...args: never[]) => unknown;

/** Replaces a method of something that nodes share, for nodes alone. */
export function insideNodes(
  owner: object,
  key: string,
  method: (realm: Realm) => Method,
  isOutside: () => boolean = () => false,
): void {
  const native = (owner as Readonly<Record<string, unknown>>)[key];
  if (typeof native !== 'function') return;
  // A shorthand method: it has a name, and it cannot be called with `new`, like the native one.
  const replacement = {
    [key](this: unknown, ...args: unknown[]): unknown {
      const realm = currentRealm();
      const run = realm === undefined || isOutside() ? native : method(realm);
      return Reflect.apply(run, this, args) as unknown;
    },
  }[key];
  Object.defineProperty(owner, key, { value: replacement, writable: true, configurable: true });
}

/**
 * Whether Node.js itself calls what calls this: what it loads on demand goes on whenever the
 * machine is ready for it, which may be amid a node's turn.
 */
export function isCalledByNode(): boolean {
  const [, , caller = ''] = (new Error('caller').stack ?? '').split('\n').slice(1);
  return caller.includes('(node:') || caller.includes('at node:');
}

/** In place of a method that no node may call. */
export function refused(call: string): () => Method {
  return () => forbidden(call);
}
