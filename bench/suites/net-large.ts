import { setTimeout } from 'node:timers/promises';
import { GenServer } from '../../src/otp/facades.js';
import { FRAME_KINDS } from '../../src/cluster/frame-kind.js';
import type { Transport } from '../../src/platform/transport.js';
import type { Suite } from '../figure.js';
import { farServer } from './far-sides.js';

/** How much later than they are due heartbeats come while a large message is under way. */
export const netLargeSuite: Suite = async () => {
  const beats = new Beats();
  const { ref, close } = await farServer('tcp', {
    heartbeatIntervalMs: INTERVAL_MS,
    through: (transport) => beats.heardOver(transport),
  });
  await setTimeout(QUIET_MS);
  const quiet = beats.latestMs();
  const startedMs = performance.now();
  for (let n = 0; n < MESSAGES; n++) {
    await GenServer.call(ref, { bytes: MESSAGE_BYTES }, { timeout: 60_000 });
  }
  const eachMs = (performance.now() - startedMs) / MESSAGES;
  await setTimeout(2 * INTERVAL_MS);
  const busy = beats.latestMs();
  await close();
  return [
    {
      path: 'a heartbeat behind a message of 64 MiB, the latest',
      unit: 'ms',
      value: busy,
      bare: { path: 'a quiet link', value: quiet },
      goals: [{ of: 'value', below: INTERVAL_MS }],
      note: `interval ${INTERVAL_MS} ms, ${MESSAGES} messages of ${eachMs.toFixed(0)} ms each`,
    },
  ];
};

/** When heartbeats of the other side are heard. */
class Beats {
  #lastMs = 0;
  #latestMs = 0;

  heardOver(transport: Transport): Transport {
    return {
      listen: (accept) => transport.listen(accept),
      dial: (address, events) =>
        transport.dial(address, {
          ...events,
          onFrame: (frame) => {
            events.onFrame(frame);
            if (frame[1] === FRAME_KINDS.heartbeat.number) this.#heard(performance.now());
          },
        }),
      close: () => transport.close(),
    };
  }

  /** By how much the latest came after it was due, since this was asked last. */
  latestMs(): number {
    const latestMs = this.#latestMs;
    this.#latestMs = 0;
    return latestMs;
  }

  #heard(nowMs: number): void {
    if (this.#lastMs > 0)
      this.#latestMs = Math.max(this.#latestMs, nowMs - this.#lastMs - INTERVAL_MS);
    this.#lastMs = nowMs;
  }
}

const INTERVAL_MS = 500;
const QUIET_MS = 3000;
const MESSAGES = 12;
const MESSAGE_BYTES = 64 * 2 ** 20;
