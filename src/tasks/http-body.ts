import type { HonoRequest } from 'hono';
import { HungUpError, RequestError } from './http-problem.js';

/** How large the body of a request may be. */
export const BODY_BYTES_MAX = 10 * 2 ** 20;

/**
 * Reads the body of a request as JSON. Rejects with a RequestError, 413 or 400; one that announces
 * too much is refused before any of it is read.
 */
export async function readJson(request: HonoRequest): Promise<unknown> {
  if (Number(request.header('content-length')) > BODY_BYTES_MAX) throw tooLarge();
  const text = await readText(request.raw.body);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = text.trim() === '' ? 'it is empty' : (error as Error).message;
    throw new RequestError(400, `Expected the body to be JSON: ${reason}`);
  }
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of untilHungUp(body)) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function* untilHungUp(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new HungUpError(error);
  }
}

function tooLarge(): RequestError {
  const limit = `${BODY_BYTES_MAX / 2 ** 20} MiB`;
  return new RequestError(413, `Expected a body of at most ${limit}; send the tasks in several`);
}
