import type { Manager } from 'socket.io-client';

/**
 * Makes a message that is larger than the other side takes throw where it is emitted, with nothing
 * of it sent: on its way it would end the connection, each time anew.
 *
 * What the other side takes is what it said when the connection was opened.
 */
export function limitFrames(manager: Manager): void {
  const insides = manager as unknown as ManagerInsides;
  const { encoder } = insides;
  // Another version may have it elsewhere: then nothing is held back.
  if (encoder === undefined) return;
  const encode = encoder.encode.bind(encoder);
  // Here a message is in its final form and whole: nothing is written twice to learn its size.
  encoder.encode = (packet) => {
    const frames = encode(packet);
    const bytesMax = insides.engine?._maxPayload ?? 0;
    if (bytesMax > 0) for (const frame of frames) checkFrame(frame, bytesMax);
    return frames;
  };
}

function checkFrame(frame: Frame, bytesMax: number): void {
  // Few texts come near: the others need not be gone through.
  if (typeof frame === 'string' && frame.length * UTF8_BYTES_MAX < bytesMax) return;
  // Engine.IO puts one character before a text.
  const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) + 1 : sizeOf(frame);
  if (bytes <= bytesMax) return;
  throw new Error(
    `it takes ${bytes} bytes, and the coordinator takes ${bytesMax} in one message; ` +
      'give less, or raise its { messageBytesMax }',
  );
}

function sizeOf(frame: Exclude<Frame, string>): number {
  return 'size' in frame ? frame.size : frame.byteLength;
}

/** What Socket.IO gives no public way to, in all of its version 4 so far. */
interface ManagerInsides {
  readonly encoder?: { encode(packet: unknown): Frame[] };
  readonly engine: { readonly _maxPayload?: number } | undefined;
}

type Frame = string | Blob | ArrayBuffer | ArrayBufferView;

// Of one UTF-16 unit.
const UTF8_BYTES_MAX = 3;
