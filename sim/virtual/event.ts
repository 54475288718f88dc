import { currentRealm } from './current.js';

/** Makes events of this thread bear the time of the node that made them. */
export function virtualiseEvents(): void {
  const made = new WeakMap<object, number>();
  const stampOf = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp')?.get;
  const get = function (this: Event): unknown {
    const known = made.get(this);
    if (known !== undefined) return known;
    const nowMs = realmMs();
    // Made by Node.js itself in the turn that first looks at it, such as the end of a signal.
    if (nowMs !== undefined) made.set(this, nowMs);
    return nowMs ?? (stampOf === undefined ? undefined : Reflect.apply(stampOf, this, []));
  };
  Object.defineProperty(Event.prototype, 'timeStamp', { get, enumerable: true });
  for (const name of ['Event', 'CustomEvent', 'MessageEvent'] as const) {
    const native = globalThis[name] as (new (...args: never[]) => object) | undefined;
    if (native === undefined) continue;
    const stamped = new Proxy(native, {
      construct: (target, args: never[], newTarget) => {
        const event = Reflect.construct(target, args, newTarget) as object;
        const nowMs = realmMs();
        if (nowMs !== undefined) made.set(event, nowMs);
        return event;
      },
    });
    Object.defineProperty(native.prototype, 'constructor', { value: stamped });
    Object.defineProperty(globalThis, name, { value: stamped });
  }
}

function realmMs(): number | undefined {
  const realm = currentRealm();
  return realm === undefined ? undefined : realm.platform.clock.nowMs() - realm.startMs;
}
