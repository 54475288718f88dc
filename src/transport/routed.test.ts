import { describe, expect, it } from 'vitest';
import type { ContractBench } from './contract/bench.js';
import { describeLinkContract } from './link-contract.js';
import { PortBench } from './port-bench.js';
import { RoutedTransport } from './routed.js';
import { tcpBench } from './tcp-bench.js';

describeLinkContract('A route to a thread', () => bench(true));
describeLinkContract('A route to another process', () => bench(false));

describe('a routed transport', () => {
  it('is found where its far side listens', async () => {
    const { left, right, addresses, dispose } = await bench(false);
    expect(await left.listen(() => silent)).toBe(addresses.left);
    await Promise.all([left.close(), right.close()]);
    await dispose?.();
  });
});

/** Both transports have a port between them and a listener each; `isNear` says which is dialled. */
async function bench(isNear: boolean): Promise<ContractBench> {
  const far = await tcpBench();
  const { left, right } = far.addresses;
  const errors: unknown[] = [];
  const ignore = (): void => undefined;
  const ports = new PortBench(left, right, {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (_message, fields) => void errors.push(fields?.['error']),
  });
  const [nearLeft, nearRight] = ports.transports({});
  const route = (address: string): boolean => isNear && address !== far.nobody;
  return {
    ...far,
    left: new RoutedTransport({ near: nearLeft, far: far.left, isNear: route }),
    right: new RoutedTransport({ near: nearRight, far: far.right, isNear: route }),
    settle: async (expected) => {
      await far.settle(expected);
      await ports.settle();
    },
    breakLinks: () => {
      if (isNear) ports.cut();
      else far.breakLinks?.();
    },
    reported: () => [...errors, ...(far.reported?.() ?? [])],
  };
}

const silent = { onFrame: (): void => undefined, onClose: (): void => undefined };
