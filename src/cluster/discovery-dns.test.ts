import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { dnsDiscovery, srvDiscovery } from './discovery-dns.js';

type RecordType = 1 | 28 | 33;
type Zone = Readonly<Record<string, Partial<Record<RecordType, readonly Uint8Array[]>>>>;

let socket: Socket | undefined;
afterEach(() => {
  socket?.close();
  socket = undefined;
});

/** A name server on this machine that knows one zone; gives its address. */
async function nameServer(zone: Zone): Promise<string> {
  const server = createSocket('udp4');
  socket = server;
  server.on('message', (query, { port, address }) =>
    server.send(answer(zone, query), port, address),
  );
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${server.address().port}`;
}

function answer(zone: Zone, query: Buffer): Buffer {
  let at = 12;
  const labels: string[] = [];
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1) as RecordType;
  const known = zone[labels.join('.').toLowerCase()];
  const records = known?.[type] ?? [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // An answer with recursion; code 3 says that there is no such name.
  header.writeUInt16BE(0x8180 | (known === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const question = query.subarray(12, at + 5);
  const answers = records.map((data) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, question, ...answers]);
}

function srv(priority: number, weight: number, port: number, target: string): Uint8Array {
  const fixed = Buffer.alloc(6);
  [priority, weight, port].forEach((value, index) => fixed.writeUInt16BE(value, index * 2));
  const labels = target.split('.').map((label) => {
    return Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]);
  });
  return Buffer.concat([fixed, ...labels, Buffer.from([0])]);
}

describe('a DNS discovery', () => {
  it('finds a node at each address of the host', async () => {
    const six = Buffer.from('20010db8000000000000000000000001', 'hex');
    const zone = {
      'workers.test': { 1: [Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])], 28: [six] },
    };
    const servers = [await nameServer(zone)];
    const discovery = dnsDiscovery({ host: 'workers.test', port: 4370 }, { servers });
    const found = await discovery.find();
    expect([...found].sort()).toEqual(['10.0.0.1:4370', '10.0.0.2:4370', '[2001:db8::1]:4370']);
    await discovery.close();
  });

  it('looks a host up as any program does when it is given no servers', async () => {
    const found = await dnsDiscovery({ host: 'localhost', port: 1 }).find();
    expect(['127.0.0.1:1', '[::1]:1']).toContain(found[0]);
  });

  it('finds the targets of SRV records, each at its own port, in their order', async () => {
    const records = [srv(2, 0, 3, 'c.test'), srv(1, 1, 2, 'b.test'), srv(1, 9, 1, 'a.test')];
    const servers = [await nameServer({ '_faultline._tcp.test': { 33: records } })];
    const discovery = srvDiscovery('_faultline._tcp.test', { servers });
    expect(await discovery.find()).toEqual(['a.test:1', 'b.test:2', 'c.test:3']);
  });

  it('finds nobody under a name that is not there yet', async () => {
    const servers = [await nameServer({ 'empty.test': {} })];
    for (const host of ['empty.test', 'absent.test']) {
      expect(await dnsDiscovery({ host, port: 1 }, { servers }).find()).toEqual([]);
      expect(await srvDiscovery(host, { servers }).find()).toEqual([]);
    }
  });

  it('rejects when there is no name server to ask, and when it is closed meanwhile', async () => {
    const gone = await nameServer({});
    socket?.removeAllListeners('message');
    const discovery = srvDiscovery('x.test', { servers: [gone] });
    const asked = expect(discovery.find()).rejects.toMatchObject({ code: 'ECANCELLED' });
    await discovery.close();
    await asked;
  });
});
