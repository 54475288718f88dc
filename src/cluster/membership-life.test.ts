import { describe, expect, it } from 'vitest';
import { Story, helloOf, larger, smaller, welcomeOf } from './testing/membership-story.js';

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

  it('is dialled once more at once when the redial is let in and cut off', () => {
    const story = new Story();
    story.tell({ kind: 'linkClosed', link: story.joinedBy(larger), reason: 'closed-there' });
    const [first] = story.of('dial');
    story.tell({ kind: 'linkOpened', link: first!.link });
    story.tell({ kind: 'linkClosed', link: first!.link, reason: 'lost' });
    const [second] = story.of('dial');
    expect(second).toMatchObject({ nodeId: larger.nodeId });
    story.tell({ kind: 'linkClosed', link: second!.link, reason: 'lost' });
    expect(story.of('dial')).toEqual([]);
    expect(story.all('nodeDown')).toEqual([]);
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
