import { describe, expect, it } from 'vitest';
import { Story, helloOf, larger, me, smaller, welcomeOf } from './testing/membership-story.js';

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
