import type { Link } from '../../src/platform/transport.js';
import type { NodeContext, NodeProgram } from '../program.js';

/**
 * A program for tests of the simulator: counts its own lives in the store, synced and not, and
 * sends bursts to whoever `program` names.
 */
export function createNode({ boot, platform, transport, observe, exit }: NodeContext): NodeProgram {
  const { store, timers } = platform;
  let link: Link | undefined;
  return {
    start: async () => {
      const lives = store.get('lives')?.[0] ?? 0;
      observe({ kind: 'life', lives, unsynced: store.get('unsynced') !== undefined });
      store.put('lives', Uint8Array.of(lives + 1));
      await store.sync();
      store.put('unsynced', Uint8Array.of(1));
      await transport.listen(() => ({
        onFrame: (frame) => observe({ kind: 'heard', n: frame[0] }),
        onClose: (reason) => observe({ kind: 'closed', reason }),
      }));
      if (typeof boot.program === 'string' && boot.program !== boot.address) {
        const onClose = (reason: string) => observe({ kind: 'closed', reason });
        link = transport.dial(boot.program, { onFrame: () => undefined, onClose });
      }
    },
    operate: (operation) => {
      if (operation === 'burst') for (let n = 0; n < 10; n++) link?.send(Uint8Array.of(n));
      if (operation === 'leave') exit();
      if (operation === 'leave after a burst') {
        for (let n = 0; n < 10; n++) link?.send(Uint8Array.of(n));
        exit();
      }
      if (operation === 'keep busy') {
        const loop = (): void => void timers.after(0, () => queueMicrotask(loop));
        loop();
      }
    },
  };
}
