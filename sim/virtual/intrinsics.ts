/**
 * Makes additions to the shared intrinsics fail, in every thread that runs nodes: in one lane a
 * change by one node would reach the others, and in the other lane it would not.
 */
export function sealIntrinsics(): void {
  for (const prototype of PROTOTYPES) Object.preventExtensions(prototype);
  for (const namespace of [JSON, Reflect]) Object.freeze(namespace);
}

const PROTOTYPES: readonly object[] = [
  Object,
  Function,
  Array,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Promise,
  RegExp,
  Date,
  Error,
  ArrayBuffer,
  Uint8Array,
].map((constructor) => constructor.prototype as object);
