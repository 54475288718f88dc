import { Codec } from '../../src/cluster/codec.js';
import { decodeFrame, encodeFrame } from '../../src/cluster/frame.js';
import { type DuelOptions, duel } from '../duel.js';
import type { Suite } from '../figure.js';

/** A call as it crosses a link: message to bytes in a frame, and back. */
export const codecSuite: Suite = async () => [
  await duel({ path: 'encode and decode a small call', ...sides(SMALL) }),
  await duel({ path: 'encode and decode a call of 100 rows', ...sides(ROWS) }),
];

function sides(message: unknown): Omit<DuelOptions, 'path'> {
  const codec = new Codec();
  const ours = (): unknown => {
    const frame = decodeFrame(callFrame(codec, message));
    return frame.kind === 'call' ? codec.decode(frame.message) : undefined;
  };
  const json = (): unknown => JSON.parse(Buffer.from(JSON.stringify(message)).toString());
  return {
    ours: { units: TIMES, run: repeated(ours) },
    bare: { path: 'JSON and a Buffer', units: TIMES, run: repeated(json) },
    clock: 'processor',
    note: noteOn(message),
  };
}

function callFrame(codec: Codec, message: unknown): Uint8Array {
  return encodeFrame({
    kind: 'call',
    callId: 42,
    to: 'genserver_node2@10.0.0.2:4369_1_17',
    message: codec.pack(message),
    deadlineMs: 5000,
  });
}

function repeated(once: () => unknown): () => void {
  return () => {
    for (let n = 0; n < TIMES; n++) once();
  };
}

function noteOn(message: unknown): string {
  const [frame, json] = [callFrame(new Codec(), message), Buffer.from(JSON.stringify(message))];
  return `${frame.length} bytes with header and address, ${json.length} bytes of JSON alone`;
}

const SMALL = { type: 'add', account: 'alice', amount: 17.5, tags: ['cash', 'today'] };
const ROWS = Array.from({ length: 100 }, (_, id) => ({
  id,
  name: `row ${id}`,
  done: id % 3 === 0,
}));
const TIMES = 100;
