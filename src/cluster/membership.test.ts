import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { seededRandom } from '../platform/random.js';
import { PROTOCOL_VERSION } from './frame.js';
import type { Hello, IncomingHandshake, NodeIdentity, Welcome } from './handshake-message.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipTimer,
} from './membership-event.js';
import { Membership } from './membership.js';

const me = { nodeId: NodeId.parse('m@10.0.0.1:1'), incarnation: 5n };
// One whose decision this node takes, and one for which it decides.
const smaller = { nodeId: NodeId.parse('a@10.0.0.1:2'), incarnation: 7n };
const larger = { nodeId: NodeId.parse('z@10.0.0.1:3'), incarnation: 9n };

describe('joining', () => {
  it('says hello, syncs when welcomed, and is up when the peer has synced', () => {
    const story = new Story(['seed:1']);
    const [dial] = story.of('dial');
    expect(dial).toMatchObject({ address: 'seed:1', attempt: 0 });
    story.tell({ kind: 'linkOpened', link: dial!.link });
    expect(story.of('send')).toMatchObject([
      { message: { kind: 'hello', payload: { ...me, dialled: 'seed:1' } } },
    ]);
    story.hear(dial!.link, { kind: 'welcome', payload: welcomeOf(larger) });
    expect(story.kinds()).toEqual(['statusChanged', 'sendSync']);
    story.tell({ kind: 'syncReceived', link: dial!.link, peers: [] });
    expect(story.kinds()).toEqual(['cancel', 'applySync', 'statusChanged', 'nodeUp']);
    expect(story.of('nodeUp')).toMatchObject([{ ...larger, returning: false }]);
  });

  it('answers a dialler with whom it is connected to', () => {
    const story = new Story();
    story.joinedBy(larger);
    const link = story.accept();
    story.hear(link, { kind: 'hello', payload: helloOf(smaller) });
    expect(story.of('send')).toMatchObject([
      { message: { kind: 'welcome', payload: { peers: [larger] } } },
    ]);
  });

  it('dials whom its peers know', () => {
    const story = new Story();
    story.joinedBy(larger, { peers: [smaller, me] });
    expect(story.of('dial')).toMatchObject([
      { address: smaller.nodeId, nodeId: smaller.nodeId, attempt: 0 },
    ]);
  });

  it('tries a seed that is down again, at growing pauses', () => {
    const story = new Story(['seed:1']);
    const pausesMs: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const [dial] = story.of('dial');
      story.tell({ kind: 'linkClosed', link: dial!.link, reason: 'refused' });
      pausesMs.push(story.of('schedule')[0]!.delayMs);
      story.advanceUntil('dial');
    }
    expect(pausesMs[0]).toBeLessThanOrEqual(100);
    expect(pausesMs[0]).toBeGreaterThanOrEqual(50);
    for (const pauseMs of pausesMs.slice(5)) expect(pauseMs).toBeGreaterThanOrEqual(400);
    for (const pauseMs of pausesMs) expect(pauseMs).toBeLessThanOrEqual(800);
  });

  it('never dials a seed again that turns out to be itself, and says nothing', () => {
    const story = new Story(['localhost:1']);
    const [dial] = story.of('dial');
    const link = story.accept();
    story.tell({ kind: 'linkOpened', link: dial!.link });
    const [hello] = story.of('send');
    story.hear(link, hello!.message);
    const [answer] = story.of('send');
    expect(answer!.message).toMatchObject({ kind: 'reject', payload: { reason: 'self' } });
    story.hear(dial!.link, answer!.message);
    story.advance(60_000);
    expect(story.all('dial')).toHaveLength(1);
    expect(story.membership.views()).toEqual([]);
  });

  it('goes by what the handshake says and not by what was dialled', () => {
    const story = new Story();
    story.tell({ kind: 'discovered', peers: [smaller] });
    const [dial] = story.of('dial');
    story.welcomed(dial!.link, larger);
    expect(story.all('nodeUp')).toMatchObject([larger]);
    // Where another node answers, the one that was looked for is not.
    story.advance(60_000);
    const dials = story.all('dial').filter(({ nodeId }) => nodeId === smaller.nodeId);
    expect(dials).toHaveLength(1);
    expect(story.membership.view(smaller.nodeId)).toMatchObject({ status: 'down' });
  });

  it('closes a link whose handshake does not come to an end in time', () => {
    const story = new Story();
    const link = story.accept();
    story.advance(999);
    expect(story.all('close')).toEqual([]);
    story.advance(1);
    expect(story.all('close')).toMatchObject([{ link }]);
  });

  it('takes an ordinary frame before the end of the join exchange for a violation', () => {
    const story = new Story();
    const link = story.accept();
    story.hear(link, { kind: 'hello', payload: helloOf(larger) });
    expect(story.membership.carries(link)).toBeUndefined();
    story.frame(link);
    expect(story.kinds()).toContain('close');
    expect(story.of('linkRefused')).toMatchObject([{ reason: 'violated', by: 'here' }]);
    expect(story.all('nodeUp')).toEqual([]);
  });

  it('refuses another protocol and tells the dialler which one is spoken here', () => {
    const story = new Story();
    const link = story.accept();
    story.hear(link, { kind: 'hello', payload: { ...helloOf(larger), protocolVersion: 99 } });
    expect(story.of('send')[0]!.message).toMatchObject({
      kind: 'reject',
      payload: { reason: 'version', detail: expect.stringContaining('99 there') as string },
    });
    expect(story.kinds()).toContain('close');
  });
});

describe('two links with one peer', () => {
  it('keeps its own dial while that is being answered, if its id is the smaller', () => {
    const story = new Story();
    story.tell({ kind: 'discovered', peers: [larger] });
    const [dial] = story.of('dial');
    story.tell({ kind: 'linkOpened', link: dial!.link });
    const link = story.accept();
    story.hear(link, { kind: 'hello', payload: helloOf(larger) });
    expect(story.of('send')[0]!.message).toMatchObject({ payload: { reason: 'duplicate' } });
    expect(story.of('close')).toMatchObject([{ link }]);
    story.welcomed(dial!.link, larger);
    expect(story.all('nodeUp')).toMatchObject([{ ...larger, link: dial!.link }]);
  });

  it('answers the smaller one even while it dials itself, and lets it decide', () => {
    const story = new Story();
    story.tell({ kind: 'discovered', peers: [smaller] });
    const [dial] = story.of('dial');
    story.tell({ kind: 'linkOpened', link: dial!.link });
    const link = story.accept();
    story.hear(link, { kind: 'hello', payload: helloOf(smaller) });
    expect(story.of('send')[0]!.message.kind).toBe('welcome');
    expect(story.of('sendSync')).toEqual([]);
    story.tell({ kind: 'syncReceived', link, peers: [] });
    expect(story.of('close')).toMatchObject([{ link: dial!.link }]);
    expect(story.all('nodeUp')).toMatchObject([{ ...smaller, link }]);
    expect(story.all('suspected')).toEqual([]);
  });

  it('turns away a second link of a member that has not lost the first', () => {
    const story = new Story();
    const first = story.joinedBy(larger, { hello: { link: 3, dials: { upTo: 3, open: [3] } } });
    const second = story.accept();
    const hello = { ...helloOf(larger), link: 4, dials: { upTo: 4, open: [3, 4] } };
    story.hear(second, { kind: 'hello', payload: hello });
    expect(story.of('close')).toMatchObject([{ link: second }]);
    expect(story.membership.view(larger.nodeId)).toMatchObject({ status: 'up', link: first });
  });

  it('moves to the second when the member says that the first is over', () => {
    const story = new Story();
    const first = story.joinedBy(larger, { hello: { link: 3, dials: { upTo: 3, open: [3] } } });
    const second = story.accept();
    const standing = { ...me, member: true, ended: [] };
    const hello = { ...helloOf(larger), link: 4, dials: { upTo: 4, open: [4] }, standing };
    story.hear(second, { kind: 'hello', payload: hello });
    expect(story.of('close')).toMatchObject([{ link: first }]);
    expect(story.of('suspected')).toMatchObject([{ because: 'link_closed' }]);
    story.tell({ kind: 'syncReceived', link: second, peers: [] });
    expect(story.of('reconciled')).toMatchObject([{ ...larger, link: second }]);
    expect(story.all('nodeDown')).toEqual([]);
  });
});

describe('a member whose link closes', () => {
  it('is suspect and redialled at once', () => {
    const story = new Story();
    const link = story.joinedBy(larger);
    story.tell({ kind: 'linkClosed', link, reason: 'lost' });
    expect(story.of('suspected')).toMatchObject([{ ...larger, because: 'link_closed' }]);
    expect(story.of('dial')).toMatchObject([{ address: larger.nodeId, attempt: 0 }]);
    expect(story.membership.view(larger.nodeId)).toMatchObject({ status: 'suspect' });
  });

  it('is down at once when the redial is refused, and dialled again later', () => {
    const story = new Story();
    story.tell({ kind: 'linkClosed', link: story.joinedBy(larger), reason: 'closed-there' });
    const [dial] = story.of('dial');
    story.tell({ kind: 'linkClosed', link: dial!.link, reason: 'refused' });
    expect(story.of('nodeDown')).toMatchObject([{ ...larger, reason: 'connection_refused' }]);
    story.advanceUntil('dial');
    expect(story.of('dial')).toMatchObject([{ nodeId: larger.nodeId }]);
  });

  it('is tried at all its addresses before it is down', () => {
    const story = new Story(['seed:1']);
    const [seed] = story.of('dial');
    story.welcomed(seed!.link, larger);
    story.tell({ kind: 'linkClosed', link: seed!.link, reason: 'lost' });
    const [first] = story.of('dial');
    expect(first!.address).toBe('seed:1');
    story.tell({ kind: 'linkClosed', link: first!.link, reason: 'refused' });
    expect(story.of('nodeDown')).toEqual([]);
    const [second] = story.of('dial');
    expect(second!.address).toBe(larger.nodeId);
    story.tell({ kind: 'linkClosed', link: second!.link, reason: 'refused' });
    expect(story.of('nodeDown')).toHaveLength(1);
  });

  it('waits for the detector when nobody answers', () => {
    const story = new Story();
    const link = story.joinedBy(larger);
    story.tell({ kind: 'linkClosed', link, reason: 'lost' });
    story.advance(2999);
    expect(story.all('nodeDown')).toEqual([]);
    story.advance(1);
    expect(story.all('nodeDown')).toMatchObject([{ ...larger, reason: 'heartbeat_timeout' }]);
  });

  it('is reconciled when the same life answers, and was never down', () => {
    const story = new Story();
    story.tell({ kind: 'linkClosed', link: story.joinedBy(larger), reason: 'lost' });
    const [dial] = story.of('dial');
    story.welcomed(dial!.link, larger, { member: true });
    expect(story.all('reconciled')).toMatchObject([{ ...larger, link: dial!.link }]);
    expect(story.all('nodeUp')).toHaveLength(1);
    expect(story.all('nodeDown')).toEqual([]);
  });

  it('goes down and returns when the same life answers but had given this node up', () => {
    const story = new Story();
    story.tell({ kind: 'linkClosed', link: story.joinedBy(larger), reason: 'closed-there' });
    const [dial] = story.of('dial');
    story.welcomed(dial!.link, larger, { member: false });
    expect(story.all('nodeDown')).toMatchObject([{ ...larger, reason: 'connection_closed' }]);
    expect(story.all('nodeUp')[1]).toMatchObject({ ...larger, returning: true });
  });

  it('goes down before its next life comes up', () => {
    const story = new Story();
    story.tell({ kind: 'linkClosed', link: story.joinedBy(larger), reason: 'lost' });
    const [dial] = story.of('dial');
    const next = { ...larger, incarnation: 10n };
    story.welcomed(dial!.link, next);
    const told = story.told.filter(({ kind }) => kind === 'nodeUp' || kind === 'nodeDown');
    expect(told).toMatchObject([
      { kind: 'nodeUp', ...larger },
      { kind: 'nodeDown', ...larger, reason: 'connection_closed' },
      { kind: 'nodeUp', ...next, returning: false },
    ]);
  });

  it('is redialled after a pause when it broke the protocol', () => {
    const story = new Story();
    story.tell({ kind: 'violated', link: story.joinedBy(larger), why: 'garbage' });
    expect(story.of('dial')).toEqual([]);
    story.advanceUntil('dial');
    expect(story.of('dial')).toHaveLength(1);
  });
});

describe('lives of a node', () => {
  it('replaces a member at once when its next life says hello, its old link still open', () => {
    const story = new Story();
    const old = story.joinedBy(larger);
    const link = story.accept();
    const next = { ...larger, incarnation: 10n };
    story.hear(link, { kind: 'hello', payload: helloOf(next) });
    expect(story.of('nodeDown')).toMatchObject([{ ...larger, reason: 'connection_closed' }]);
    expect(story.of('close')).toMatchObject([{ link: old }]);
    story.tell({ kind: 'syncReceived', link, peers: [] });
    expect(story.of('nodeUp')).toMatchObject([next]);
  });

  it('turns an older life away, whether it dials or answers', () => {
    const story = new Story();
    story.joinedBy({ ...larger, incarnation: 10n });
    const link = story.accept();
    story.hear(link, { kind: 'hello', payload: helloOf(larger) });
    expect(story.of('send')[0]!.message).toMatchObject({
      payload: { reason: 'stale_incarnation' },
    });
    story.tell({
      kind: 'linkClosed',
      link: story.membership.view(larger.nodeId)!.link!,
      reason: 'lost',
    });
    const [dial] = story.of('dial');
    story.tell({ kind: 'linkOpened', link: dial!.link });
    story.hear(dial!.link, { kind: 'welcome', payload: welcomeOf(larger) });
    expect(story.of('send')[0]!.message).toMatchObject({
      payload: { reason: 'stale_incarnation' },
    });
    expect(story.all('nodeUp')).toHaveLength(1);
  });

  it('knows one that was down by silence as returning', () => {
    const story = new Story();
    story.joinedBy(larger);
    story.advance(3000);
    expect(story.of('nodeDown')).toMatchObject([{ reason: 'heartbeat_timeout' }]);
    story.joinedBy(larger);
    expect(story.of('nodeUp')).toMatchObject([{ ...larger, returning: true }]);
  });
});

describe('silence', () => {
  it('makes a member suspect before it is down, and any frame makes up for it', () => {
    const story = new Story();
    const link = story.joinedBy(larger);
    story.advance(2000);
    expect(story.of('suspected')).toMatchObject([{ ...larger, because: 'silence' }]);
    story.frame(link);
    expect(story.of('trusted')).toMatchObject([larger]);
    story.advance(2999);
    expect(story.all('nodeDown')).toEqual([]);
    story.advance(1);
    expect(story.all('nodeDown')).toHaveLength(1);
    expect(story.all('close')).toMatchObject([{ link }]);
  });

  it('does not count while this very node stood still', () => {
    const story = new Story();
    const link = story.joinedBy(larger);
    story.standStill(10_000);
    expect(story.all('nodeDown')).toEqual([]);
    story.frame(link);
    story.advance(2500);
    expect(story.all('nodeDown')).toEqual([]);
  });

  it('is broken by a heartbeat to every member in each interval', () => {
    const story = new Story();
    const link = story.joinedBy(larger);
    for (let beats = 1; beats <= 4; beats += 1) {
      story.advance(1000);
      story.frame(link);
      expect(story.all('sendHeartbeat')).toHaveLength(beats);
    }
  });
});

describe('leaving', () => {
  it('is a graceful end, and who left is not dialled again', () => {
    const story = new Story();
    const link = story.joinedBy(larger);
    story.tell({ kind: 'leaveReceived', link });
    expect(story.of('nodeDown')).toMatchObject([{ ...larger, reason: 'graceful_shutdown' }]);
    story.tell({ kind: 'discovered', peers: [larger] });
    story.advance(60_000);
    expect(story.all('dial')).toEqual([]);
  });

  it('does not stop a seed from being dialled', () => {
    const story = new Story(['seed:1']);
    const [seed] = story.of('dial');
    story.welcomed(seed!.link, larger);
    story.tell({ kind: 'leaveReceived', link: seed!.link });
    story.advanceUntil('dial');
    expect(story.of('dial')).toMatchObject([{ address: 'seed:1' }]);
  });

  it('tells every peer, closes every link and leaves no timer', () => {
    const story = new Story(['seed:1']);
    story.joinedBy(larger);
    story.joinedBy(smaller);
    story.accept();
    story.tell({ kind: 'stopped' });
    expect(story.of('sendLeave')).toHaveLength(2);
    expect(story.of('close')).toHaveLength(4);
    expect(story.timers.size).toBe(0);
    story.tell({ kind: 'seedAdded', address: 'seed:2' });
    expect(story.kinds()).toEqual([]);
  });
});

function helloOf(who: NodeIdentity): Hello {
  const dials = { upTo: 1, open: [1] };
  return { ...who, protocolVersion: PROTOCOL_VERSION, dialled: 'm', link: 1, dials };
}

function welcomeOf(who: NodeIdentity, options?: { member?: boolean }): Welcome {
  const standing = { ...me, member: options?.member ?? false, ended: [] };
  const dials = { upTo: 0, open: [] };
  return { ...who, protocolVersion: PROTOCOL_VERSION, dials, standing, peers: [] };
}

/** One node's membership, whose peers are played by the test. */
class Story {
  nowMs = 0;
  readonly membership: Membership;
  readonly timers = new Map<MembershipTimer, number>();
  readonly told: MembershipEffect[] = [];
  #last: readonly MembershipEffect[] = [];

  constructor(seeds: readonly string[] = []) {
    const options = {
      self: me,
      addressOf: (nodeId: NodeId) => nodeId,
      heartbeatIntervalMs: 1000,
      heartbeatMissThreshold: 3,
      reconnectBaseDelayMs: 100,
      reconnectMaxDelayMs: 800,
      handshakeTimeoutMs: 1000,
    };
    this.membership = new Membership(options, seededRandom(1), 0);
    this.tell({ kind: 'started', seeds });
  }

  tell(event: MembershipEvent): void {
    this.#take(this.membership.handle(event, this.nowMs));
  }

  hear(link: LinkNumber, message: IncomingHandshake): void {
    this.tell({ kind: 'handshakeReceived', link, message });
  }

  frame(link: LinkNumber): void {
    this.#take(this.membership.frameReceived(link, this.nowMs));
  }

  accept(): LinkNumber {
    const link = this.membership.nextLink();
    this.tell({ kind: 'linkAccepted', link });
    return link;
  }

  joinedBy(
    who: NodeIdentity,
    options: { peers?: NodeIdentity[]; hello?: Partial<Hello> } = {},
  ): LinkNumber {
    const link = this.accept();
    this.hear(link, { kind: 'hello', payload: { ...helloOf(who), ...options.hello } });
    this.tell({ kind: 'syncReceived', link, peers: options.peers ?? [] });
    return link;
  }

  /** The dialled `link` opens, and its join exchange runs to its end. */
  welcomed(link: LinkNumber, by: NodeIdentity, options?: { member?: boolean }): void {
    this.tell({ kind: 'linkOpened', link });
    this.hear(link, { kind: 'welcome', payload: welcomeOf(by, options) });
    this.tell({ kind: 'syncReceived', link, peers: [] });
  }

  /** What came of the last event. */
  of<Kind extends MembershipEffect['kind']>(kind: Kind) {
    return this.#last.filter(isKind(kind));
  }

  all<Kind extends MembershipEffect['kind']>(kind: Kind) {
    return this.told.filter(isKind(kind));
  }

  kinds(): string[] {
    return this.#last.map((effect) => effect.kind);
  }

  /** Time passes; nobody sends a frame or answers a dial. */
  advance(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.#fireNext(untilMs)) continue;
    this.nowMs = untilMs;
  }

  advanceUntil(kind: MembershipEffect['kind']): void {
    this.#last = [];
    while (this.#fireNext(Infinity)) if (this.kinds().includes(kind)) return;
  }

  /** Time passes, and timers fire only after it. */
  standStill(forMs: number): void {
    this.nowMs += forMs;
    this.advance(0);
  }

  #fireNext(untilMs: number): boolean {
    const [next] = [...this.timers].sort(([, left], [, right]) => left - right);
    if (next === undefined || next[1] > untilMs) return false;
    this.timers.delete(next[0]);
    this.nowMs = Math.max(this.nowMs, next[1]);
    this.tell({ kind: 'timerFired', timer: next[0] });
    return true;
  }

  #take(effects: readonly MembershipEffect[]): void {
    this.#last = effects;
    this.told.push(...effects);
    for (const effect of effects) {
      if (effect.kind === 'schedule') this.timers.set(effect.timer, this.nowMs + effect.delayMs);
      if (effect.kind === 'cancel') this.timers.delete(effect.timer);
    }
  }
}

function isKind<Kind extends MembershipEffect['kind']>(kind: Kind) {
  return (effect: MembershipEffect): effect is Extract<MembershipEffect, { kind: Kind }> =>
    effect.kind === kind;
}
