import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { pack, unpack, Packr } from 'msgpackr';
import type { NodeContext, NodeProgram } from '../program.js';

/**
 * A program for tests of the simulator: gives its own objects members that the language has as
 * well, as older code does, and changes its own global object.
 */
export function createNode({ observe, boot }: NodeContext): NodeProgram {
  return {
    start: () => observe({ kind: 'shadowed', ...shadowed() }),
    operate: async () => {
      const stub = async (): Promise<string> => `stub of node ${boot.index}`;
      (globalThis as { fetch: unknown }).fetch = stub;
      observe({ kind: 'stubbed', answer: await fetch('http://10.0.0.1') });
    },
  };
}

function shadowed(): Record<string, unknown> {
  const packr = new Packr({ structuredClone: true });
  return {
    classes: new (Old as never as new () => { toString(): string })().toString(),
    errors: [String(new Named('why')), new Named('why').message],
    objects: withOwn({}),
    functions: Object.assign(() => 0, { toString: () => 'a function' }).toString(),
    packed: unpack(pack({ list: [1, 'two', { three: 3n }], at: 5 })) as object,
    cloned: packr.unpack(packr.pack(new Map([['a', new Set([1])]]))) instanceof Map,
    stream: streamOfItsOwn(),
    emitter: Object.assign(new EventEmitter(), { on: () => 'mine' }).on('a', () => 0),
  };
}

function Old(): void {
  // Its members are below.
}
Old.prototype = Object.create(Map.prototype) as object;
(Old.prototype as { constructor: unknown }).constructor = Old;
(Old.prototype as { toString: unknown }).toString = () => 'an old class';

class Named extends Error {
  constructor(message: string) {
    super();
    this.name = 'NamedError';
    this.message = message;
  }
}

function withOwn(object: Record<string, unknown>): string[] {
  object['toString'] = () => 'own';
  object['valueOf'] = () => 1;
  object['hasOwnProperty'] = () => true;
  object['constructor'] = undefined;
  return Object.keys(object);
}

function streamOfItsOwn(): boolean {
  const stream = new Readable();
  stream._read = () => undefined;
  return Object.hasOwn(stream, '_read');
}
