import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  type AddressInfo,
  connect as connectPlain,
  createServer as createPlainServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Address, Transport } from '../platform/transport.js';
import { SecuredTransport } from './secured.js';
import { TcpTransport, type TcpTransportOptions } from './tcp.js';
import { tlsClientOptions, tlsServerOptions, type TlsOptions } from './tls.js';
import { namedTls, nodeTls, strangerTls } from './testing/certificates.js';
import { type LoggedPlatform, ask, echoing, loggedPlatform, until } from './testing/real-ends.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

describe('a node with TLS', () => {
  it('talks with one whose certificate its authority signed', async () => {
    const node = end({ tls: nodeTls() });
    expect(await ask(end({ tls: nodeTls() }).transport, await echoing(node.transport))).toBe(
      'heard',
    );
  });

  it('takes certificates from files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-tls-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const file = (name: string, pem: string | Uint8Array | undefined): string => {
      writeFileSync(join(folder, name), pem ?? '');
      return join(folder, name);
    };
    const { cert, key, ca } = nodeTls();
    const tls = { cert: file('cert', cert), key: file('key', key), ca: file('ca', ca) };
    const address = await echoing(end({ tls }).transport);
    expect(await ask(end({ tls: nodeTls() }).transport, address)).toBe('heard');
  });

  it('turns away who shows a certificate of another authority, and says so', async () => {
    const [node, stranger] = [end({ tls: nodeTls() }), end({ tls: strangerTls() })];
    const ended = await ask(stranger.transport, await echoing(node.transport));
    expect(ended).not.toBe('heard');
    await until(() => node.lines.length > 0);
    expect(node.lines[0]?.message).toContain('a dial was turned away: no TLS');
    expect(String(node.lines[0]?.fields['error'])).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('turns away who shows no certificate at all', async () => {
    const node = end({ tls: nodeTls() });
    const port = Number((await echoing(node.transport)).split(':')[1]);
    const { ca } = tlsClientOptions(nodeTls(), { host: '127.0.0.1', port });
    const nameless = connect({ host: '127.0.0.1', port, ...(ca === undefined ? {} : { ca }) });
    nameless.on('error', () => undefined);
    await new Promise((resolve) => nameless.resume().once('close', resolve));
    expect(node.lines[0]?.message).toContain('a dial was turned away: no TLS');
    expect(node.transport.strangerCount).toBe(0);
  });

  it('dials nobody whose certificate is of another authority', async () => {
    const [node, stranger] = [end({ tls: nodeTls() }), end({ tls: strangerTls() })];
    expect(await ask(node.transport, await echoing(stranger.transport))).toBe('unreachable');
    expect(node.lines[0]?.message).toContain('a dial failed: no TLS');
  });

  it('dials nobody whose certificate bears a name that was not expected', async () => {
    const address = await echoing(end({ tls: namedTls() }).transport);
    expect(await ask(end({ tls: nodeTls() }).transport, address)).toBe('unreachable');
    const knowing = end({ tls: { ...nodeTls(), serverName: 'nodes.test' } });
    expect(await ask(knowing.transport, address)).toBe('heard');
  });

  it('turns away who speaks no TLS, and reads nothing of it', async () => {
    const node = end({ tls: nodeTls() });
    const ended = await ask(end({}).transport, await echoing(node.transport));
    expect(['lost', 'closed-there']).toContain(ended);
    await until(() => node.lines.length > 0);
    expect(node.lines[0]?.message).toContain('no TLS that is valid here');
  });

  it('waits no longer than it was told for one that never begins its TLS', async () => {
    const node = end({ tls: nodeTls(), tlsTimeoutMs: 50 });
    expect(await ask(silentAfterTcp(), await echoing(node.transport))).not.toBe('heard');
    await until(() => node.lines.length > 0);
  });

  it('holds nothing of who has not begun its TLS when it closes', async () => {
    const node = end({ tls: nodeTls() });
    const ended = ask(silentAfterTcp(), await echoing(node.transport));
    await until(() => node.transport.strangerCount > 0);
    await node.transport.close();
    expect(await ended).not.toBe('heard');
  });
});

describe('somebody in the middle who ends the TLS of both sides', () => {
  it('gets through where there is TLS alone', async () => {
    const [a, b] = [end({ tls: nodeTls() }), end({ tls: nodeTls() })];
    expect(await ask(a.transport, await relay(await echoing(b.transport), nodeTls()))).toBe(
      'heard',
    );
  });

  it('gets through where there is a secret alone', async () => {
    const [a, b] = [secured(end({})), secured(end({}))];
    expect(await ask(a, await relay(await echoing(b), undefined))).toBe('heard');
  });

  it('is refused where there are both', async () => {
    const [one, other] = [end({ tls: nodeTls() }), end({ tls: nodeTls() })];
    const [a, b] = [secured(one), secured(other)];
    const address = await echoing(b);
    expect(await ask(a, await relay(address, nodeTls()))).toBe('refused');
    expect(String(one.lines[0]?.fields['why'])).toContain('does not know the secret');
    expect(await ask(a, address)).toBe('heard');
  });
});

interface End extends LoggedPlatform {
  readonly transport: TcpTransport;
}

function end(options: Partial<TcpTransportOptions>): End {
  const logged = loggedPlatform();
  const transport = new TcpTransport({ platform: logged.platform, ...options });
  closing.push(() => transport.close());
  return { ...logged, transport };
}

function secured({ transport, platform }: End): Transport {
  return new SecuredTransport(transport, { platform, secret: 'the same on both sides' });
}

/** Dials without TLS, and sends nothing. */
function silentAfterTcp(): Transport {
  const { transport } = end({});
  const dial: Transport['dial'] = (address, events) =>
    transport.dial(address, { ...events, onOpen: () => undefined });
  return { dial, listen: (accept) => transport.listen(accept), close: () => transport.close() };
}

/** Passes everything on in both directions; with `tls` it shows that certificate to both sides. */
async function relay(to: Address, tls: TlsOptions | undefined): Promise<Address> {
  const target = { host: '127.0.0.1', port: Number(to.split(':')[1]) };
  const pass = (near: NodeJS.ReadWriteStream, far: NodeJS.ReadWriteStream): void => {
    for (const [from, onto] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(onto);
      from.on('error', () => undefined);
    }
  };
  const server =
    tls === undefined
      ? createPlainServer((socket) => pass(socket, connectPlain(target)))
      : createServer(tlsServerOptions(tls, 5000), (socket) =>
          pass(socket, connect({ ...tlsClientOptions(tls, target), ...target })),
        );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
