import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { Handshake } from './handshake.js';
import type { IncomingHandshake } from './handshake-message.js';

const a = { nodeId: NodeId.parse('a@10.0.0.1:1'), incarnation: 1n };
const b = { nodeId: NodeId.parse('b@10.0.0.1:2'), incarnation: 2n ** 70n };
const noDials = { upTo: 0, open: [] };

describe('the handshake of a link', () => {
  it('tells each side who is at the other', () => {
    const { dialler, acceptor, hello } = greeted();
    expect(acceptor.receive(hello)).toMatchObject({ kind: 'claimed', claim: { ...a, link: 3 } });
    const welcome = acceptor.welcome({ dials: noDials, standing: standing(a), peers: [b] });
    expect(dialler.receive(welcome)).toMatchObject({
      kind: 'welcomed',
      claim: { ...b, link: 3, standing: standing(a) },
      peers: [b],
    });
  });

  it('passes a refusal on', () => {
    const { dialler, acceptor, hello } = greeted();
    acceptor.receive(hello);
    const reject = acceptor.reject('duplicate', 'one is enough');
    expect(dialler.receive(reject)).toMatchObject({
      kind: 'rejected',
      reject: { ...b, reason: 'duplicate', detail: 'one is enough' },
    });
  });

  it('refuses itself and foreign versions without asking anyone', () => {
    const itself = Handshake.accepting(a).receive(greeted().hello);
    expect(itself).toMatchObject({ kind: 'refused', reason: 'self' });
    const { hello } = greeted();
    const payload = { ...(hello.payload as object), protocolVersion: 99 };
    const foreign = Handshake.accepting(b).receive({ kind: 'hello', payload });
    expect(foreign).toMatchObject({ kind: 'refused', reason: 'version', peer: a });
  });

  it('ignores what was said about another node or an earlier life of this one', () => {
    for (const about of [
      { ...b, nodeId: NodeId.parse('c@10.0.0.1:3') },
      { ...b, incarnation: 1n },
    ]) {
      const { hello } = greeted(standing(about));
      expect(Handshake.accepting(b).receive(hello)).toMatchObject({
        claim: { standing: undefined },
      });
    }
  });

  it('takes frames in their one order only', () => {
    const { dialler, acceptor, hello } = greeted();
    expect(dialler.receive(hello).kind).toBe('violated');
    acceptor.receive(hello);
    expect(acceptor.receive(hello).kind).toBe('violated');
    const welcome = acceptor.welcome({ dials: noDials, standing: standing(a), peers: [] });
    const unopened = Handshake.dialling(a, { address: 'b', link: 4 });
    expect(unopened.receive(welcome).kind).toBe('violated');
    expect(dialler.receive(welcome).kind).toBe('welcomed');
    expect(dialler.receive(welcome).kind).toBe('violated');
    expect(Handshake.accepting(b).receive(acceptor.reject('self', '')).kind).toBe('violated');
  });

  it('survives whatever else a frame may hold', () => {
    const { hello } = greeted();
    const good = hello.payload as Record<string, unknown>;
    const bad: unknown[] = [undefined, null, 7, 'hello', [], {}, new Map()];
    for (const [key, value] of [
      ['nodeId', 'nobody'],
      ['incarnation', -1n],
      ['incarnation', 1.5],
      ['link', '3'],
      ['link', NaN],
      ['dials', { upTo: 1, open: ['1'] }],
      ['dials', null],
      ['dialled', 3],
      ['standing', { member: true }],
      ['protocolVersion', undefined],
    ] as const) {
      bad.push({ ...good, [key]: value });
    }
    for (const payload of bad) {
      for (const kind of ['hello', 'welcome', 'reject'] as const) {
        const acceptor = Handshake.accepting(b);
        expect(acceptor.receive({ kind, payload }).kind).toBe('violated');
        expect(greeted().dialler.receive({ kind, payload }).kind).toBe('violated');
      }
    }
  });
});

function greeted(about?: ReturnType<typeof standing>) {
  const dialler = Handshake.dialling(a, { address: 'b.example:2', link: 3 });
  const acceptor = Handshake.accepting(b);
  const message = dialler.hello({ dials: { upTo: 3, open: [3] }, standing: about });
  const hello: IncomingHandshake = message;
  return { dialler, acceptor, hello };
}

function standing(about: { nodeId: NodeId; incarnation: bigint }) {
  return { ...about, member: true, ended: [1] };
}
