import { Packr, RESERVE_START_SPACE } from 'msgpackr/index-no-eval';
import { ErrorClasses } from '../runtime/error-classes.js';
import { MessageSerializationError } from './codec-error.js';
import { toGraph } from './codec-graph.js';
import type { GraphOptions } from './codec-graph.js';
import { guardMessage } from './codec-guard.js';
import { isPlain } from './codec-plain.js';
import type { CompleteRef } from './codec-process-ref.js';
import { QuickReader, UNREAD } from './codec-quick-reader.js';
import { QuickWriter } from './codec-quick-writer.js';
import { fromGraph } from './codec-rebuild.js';
import type { Shadow } from './codec-tag.js';

export interface CodecOptions {
  /** Typed errors that come back as instances of their class; others come back as `Error`. */
  readonly errorClasses?: ErrorClasses;
  /** Names the node in references to its own processes; without it they cross as they are. */
  readonly completeRef?: CompleteRef;
}

/**
 * How msgpackr is set. Records would tie messages to each other or cost a definition each; the
 * other options keep it from reading anything into a value but what is there.
 */
export const PACKR_OPTIONS = {
  useRecords: false,
  variableMapSize: true,
  mapsAsObjects: true,
  moreTypes: false,
  useToJSON: false,
  encodeUndefinedAsNil: false,
} as const;

/**
 * Turns messages into bytes and back, the same way on every machine.
 *
 * These cross: undefined, null, booleans, numbers with NaN and -0, bigints, text, records with or
 * without a prototype, arrays, Map, Set, Date, RegExp, ArrayBuffer, DataView, typed arrays, Buffer
 * and errors, nested at most `DEPTH_MAX` deep. An object that is reached twice, or from within
 * itself, is one object on arrival too. A getter crosses as its value, a hole in an array as
 * undefined; fields that enumeration does not show, and named fields of arrays and other
 * built-ins, stay behind. An error comes back with its class, name, message, own fields and cause,
 * and without its stack.
 *
 * Functions, symbols, promises, proxies of such, and instances of classes are refused with the
 * path to them.
 *
 * Each message stands for itself: nothing of one is needed to read the next. The same value gives
 * the same bytes on every version of Node.
 */
export class Codec {
  readonly #packr = new Packr(PACKR_OPTIONS);
  readonly #errorClasses: ErrorClasses;
  readonly #completeRef: CompleteRef | undefined;
  readonly #quickWriter: QuickWriter;
  readonly #quickReader = new QuickReader();

  constructor(options: CodecOptions = {}) {
    this.#errorClasses = options.errorClasses ?? new ErrorClasses([MessageSerializationError]);
    this.#completeRef = options.completeRef;
    this.#quickWriter = new QuickWriter(options.completeRef === undefined);
  }

  /**
   * The value as bytes that are the caller's own, exactly as long as they need to be. Throws
   * {@link MessageSerializationError}, whose path begins with `root`.
   */
  encode(value: unknown, root = 'message'): Uint8Array {
    return new Uint8Array(this.pack(value, root));
  }

  /**
   * Like `encode`, without the copy: the bytes keep their values for ever but lie in a larger
   * buffer that others share. For whoever copies them at once, as `encodeFrame` does.
   */
  pack(value: unknown, root = 'message'): Uint8Array {
    try {
      const quick = this.#quickWriter.write(PLAIN, value);
      if (quick !== undefined) return quick;
      if (isPlain(value, this.#completeRef === undefined)) return this.#write(PLAIN, value);
      return this.#write(GRAPH, toGraph(value, this.#graphOptions(root, 'refuse')));
    } catch (thrown) {
      if (thrown instanceof MessageSerializationError) throw thrown;
      return this.#packCulprit(value, root, thrown);
    }
  }

  /**
   * Like `pack`, for what must cross whatever is in it, as the reason of an exit must: a part that
   * cannot cross is replaced by words that say what it was.
   */
  packLeniently(value: unknown): Uint8Array {
    return this.#write(GRAPH, toGraph(value, this.#graphOptions('message', 'describe')));
  }

  /**
   * The value that the bytes stand for, sharing no memory with them. Bytes that stand for none
   * throw {@link MessageSerializationError}, whoever made them, and do nothing else.
   */
  decode(bytes: Uint8Array): unknown {
    try {
      return this.#read(bytes);
    } catch (cause) {
      throw new MessageSerializationError(
        'deserialize',
        `Expected a message, got ${bytes.length} bytes that are none: ${String(cause)}; ` +
          'check that both nodes run the same version',
        cause,
      );
    }
  }

  // A getter that throws in the quick look throws again on the longer way, which knows the path.
  #packCulprit(value: unknown, root: string, cause: unknown): Uint8Array {
    try {
      return this.#write(GRAPH, toGraph(value, this.#graphOptions(root, 'refuse')));
    } catch (thrown) {
      if (thrown instanceof MessageSerializationError) throw thrown;
      throw new MessageSerializationError(
        'serialize',
        `Cannot send ${root}: ${String(thrown)}; send plain data instead`,
        cause,
      );
    }
  }

  #write(form: number, value: unknown): Uint8Array {
    const bytes = this.#packr.pack(value, RESERVE_START_SPACE + 1);
    bytes[0] = form;
    // msgpackr keeps the largest buffer that it ever needed and makes each new one as large.
    if (bytes.length > KEPT_BYTES_MAX) this.#packr.useBuffer(Buffer.allocUnsafeSlow(POOL_BYTES));
    return bytes;
  }

  #read(bytes: Uint8Array): unknown {
    if (bytes.length === 0) throw new RangeError('nothing at all');
    const quick = bytes[0] === PLAIN ? this.#quickReader.read(bytes, 1) : UNREAD;
    if (quick !== UNREAD) return quick;
    // A view of our own, since msgpackr leaves a field on the array that it reads.
    const body = new Uint8Array(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1);
    switch (bytes[0]) {
      case PLAIN:
        guardMessage(body, 'plain');
        return this.#packr.unpack(body);
      case GRAPH:
        guardMessage(body, 'graph');
        return fromGraph(this.#packr.unpack(body) as Shadow, this.#errorClasses);
      default:
        throw new RangeError('no form of messages begins so');
    }
  }

  #graphOptions(root: string, onCulprit: GraphOptions['onCulprit']): GraphOptions {
    return {
      root,
      onCulprit,
      completeRef: this.#completeRef,
    };
  }
}

// The first byte of a message says how the rest is to be read.
const PLAIN = 0;
const GRAPH = 1;

const POOL_BYTES = 8192;
const KEPT_BYTES_MAX = 1 << 18;
