import { describe, expect, it } from 'vitest';
import { Codec } from './codec.js';
import { FrameError } from './frame-error.js';
import { FRAME_KINDS, kindByNumber } from './frame-kind.js';
import type { Frame, FrameKind } from './frame.js';
import { FRAME_BYTES_MAX, PROTOCOL_VERSION, decodeFrame, encodeFrame } from './frame.js';

describe('a frame', () => {
  it('carries the fields of its kind, its payload, and every header part', () => {
    const call: Frame = {
      kind: 'call',
      callId: 2 ** 40 + 7,
      to: 'genserver_b@h:1_1_7',
      from: 'genserver_a@h:1_1_3',
      deadlineMs: 1234.5,
      abortable: true,
      chain: ['genserver_x', 'genserver_é'],
      fence: {
        term: 3,
        ownerId: 'dsup_1',
        ownerNode: 'a@h:1',
        ownerIncarnation: 2n ** 63n + 1n,
        sequence: 12,
      },
      message: Uint8Array.of(1, 2, 3),
    };
    expect(decodeFrame(encodeFrame(call))).toEqual(call);
  });

  it('leaves out what is not set', () => {
    const cast: Frame = { kind: 'cast', to: 'p', abortable: false, message: new Uint8Array() };
    expect(decodeFrame(encodeFrame(cast))).toEqual({
      kind: 'cast',
      to: 'p',
      message: new Uint8Array(),
    });
    const stop: Frame = { kind: 'stop', to: 'p', timeoutMs: 0, reason: Uint8Array.of(9) };
    expect(decodeFrame(encodeFrame(stop))).toEqual(stop);
  });

  it('begins with version, kind and flags, and then has nothing that is not needed', () => {
    expect([...encodeFrame({ kind: 'ready' })]).toEqual([PROTOCOL_VERSION, 5, 0, 0]);
    expect([...encodeFrame({ kind: 'kill', to: 'ab' })]).toEqual([1, 34, 0, 0, 0, 2, 97, 98]);
  });

  it('fills its buffer, so that a link may take the buffer over', () => {
    const message = new Codec().pack({ some: 'thing' });
    const bytes = encodeFrame({ kind: 'cast', to: 'p', message });
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    expect(message.buffer.byteLength).toBeGreaterThan(message.length);
  });

  it('carries what the codec makes without a copy of its own', () => {
    const codec = new Codec();
    const bytes = encodeFrame({ kind: 'cast', to: 'p', message: codec.pack({ n: [1n] }) });
    const read = decodeFrame(bytes);
    if (read.kind !== 'cast') throw new Error(read.kind);
    expect(read.message.buffer).toBe(bytes.buffer);
    expect(codec.decode(read.message)).toEqual({ n: [1n] });
  });

  it('may lie anywhere in a larger buffer', () => {
    const bytes = encodeFrame({ kind: 'control', topic: 't', payload: Uint8Array.of(5, 6) });
    const read = decodeFrame(Buffer.concat([Buffer.alloc(5), bytes]).subarray(5));
    expect(read).toEqual({ kind: 'control', topic: 't', payload: Uint8Array.of(5, 6) });
  });
});

describe('the table of kinds', () => {
  it('gives no number twice', () => {
    const kinds = Object.keys(FRAME_KINDS) as FrameKind[];
    for (const kind of kinds) expect(kindByNumber(FRAME_KINDS[kind].number)?.[0]).toBe(kind);
  });
});

describe('a frame that is none', () => {
  it.each<[string, number[], string]>([
    ['no bytes', [], 'malformed'],
    ['one byte', [1], 'malformed'],
    ['four bytes of ff', [255, 255, 255, 255], 'unknown-version'],
    ['another version', [2, 5, 0, 0], 'unknown-version'],
    ['an unknown kind', [1, 200, 0, 0], 'unknown-kind'],
    ['a number like a property of objects', [1, 0, 0, 0], 'unknown-kind'],
    ['an unknown flag', [1, 5, 0x80, 0], 'unknown-header'],
    ['no flags', [1, 5], 'malformed'],
    ['bytes after its end', [1, 5, 0, 0, 0], 'malformed'],
    ['a text that lies about its length', [1, 34, 0, 0, 255, 255, 97], 'malformed'],
    ['a text that is no UTF-8', [1, 34, 0, 0, 0, 1, 0xff], 'malformed'],
    ['a count past 2 ** 53', [1, 18, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0], 'malformed'],
    ['a flag of 2', [1, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], 'malformed'],
    ['a duration that is not a number', [1, 5, 0, 1, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], 'malformed'],
    ['a negative duration', [1, 5, 0, 1, 0xbf, 0xf0, 0, 0, 0, 0, 0, 0], 'malformed'],
    ['a duration of -0', [1, 5, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0], 'malformed'],
    ['a chain that lies about its length', [1, 5, 0, 4, 255, 255], 'malformed'],
  ])('is refused: %s', (_, bytes, problem) => {
    expect(refusal(() => decodeFrame(Uint8Array.from(bytes))).problem).toBe(problem);
  });

  it('is not sent either', () => {
    const broken: Frame[] = [
      { kind: 'abort', callId: -1 },
      { kind: 'abort', callId: 1.5 },
      { kind: 'ready', deadlineMs: Infinity },
      { kind: 'kill', to: 'x'.repeat(70_000) },
      { kind: 'ready', chain: Array.from({ length: 70_000 }, () => '') },
    ];
    for (const frame of broken) {
      expect(refusal(() => encodeFrame(frame)).problem).toBe('malformed');
    }
  });

  it('is refused on both sides when it is larger than allowed', () => {
    const payload = new Uint8Array(100);
    const bytes = encodeFrame({ kind: 'names', payload });
    const limits = { frameBytesMax: bytes.length - 1 };
    expect(refusal(() => encodeFrame({ kind: 'names', payload }, limits)).problem).toBe(
      'oversized',
    );
    expect(refusal(() => decodeFrame(bytes, limits)).problem).toBe('oversized');
    expect(decodeFrame(bytes, { frameBytesMax: bytes.length }).kind).toBe('names');
    const huge = new Uint8Array(FRAME_BYTES_MAX);
    expect(refusal(() => encodeFrame({ kind: 'names', payload: huge })).problem).toBe('oversized');
  });
});

function refusal(run: () => unknown): FrameError {
  try {
    run();
  } catch (error) {
    if (error instanceof FrameError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
