import fc from 'fast-check';
import { NodeId } from '../../src/base/node-id.js';
import type { NodeIdentity, RejectReason } from '../../src/cluster/handshake-message.js';
import { PROTOCOL_VERSION } from '../../src/cluster/frame.js';
import type { CloseReason } from '../../src/platform/transport.js';

export const besieged: NodeIdentity = { nodeId: NodeId.parse('m@10.0.0.1:1'), incarnation: 2n };

/**
 * Anything that may come to one membership, in any order. Links and timers are numbers, taken
 * modulo how many there are; what peers say need not make sense.
 */
export type MembershipMove =
  | { readonly kind: 'accept' | 'stop' }
  | { readonly kind: 'opened' | 'frame' | 'leave' | 'violated'; readonly link: number }
  | { readonly kind: 'closed'; readonly link: number; readonly reason: CloseReason }
  | {
      readonly kind: 'hello' | 'welcome' | 'reject';
      readonly link: number;
      readonly payload: unknown;
    }
  | { readonly kind: 'sync'; readonly link: number; readonly peers: readonly NodeIdentity[] }
  | { readonly kind: 'timer'; readonly timer: number }
  | { readonly kind: 'pass'; readonly forMs: number };

const link = fc.nat({ max: 11 });
const identity = fc.record({
  nodeId: fc.constantFrom('a', 'm', 'z').map((name) => NodeId.create(name, '10.0.0.1', 1)),
  incarnation: fc.bigInt({ min: 1n, max: 3n }),
});
const peers = fc.array(identity, { maxLength: 3 });
const dials = fc.record({ upTo: link, open: fc.array(link, { maxLength: 3 }) });
const standing = fc.record({
  nodeId: fc.constant(besieged.nodeId),
  incarnation: fc.bigInt({ min: 1n, max: 3n }),
  member: fc.boolean(),
  ended: fc.array(link, { maxLength: 3 }),
});
const version = fc.constantFrom(PROTOCOL_VERSION, PROTOCOL_VERSION, PROTOCOL_VERSION, 99);

const hello = fc
  .tuple(
    identity,
    fc.record(
      { protocolVersion: version, dialled: fc.constant('m'), link, dials, standing },
      { requiredKeys: ['protocolVersion', 'dialled', 'link', 'dials'] },
    ),
  )
  .map(([who, rest]) => ({ ...who, ...rest }));
const welcome = fc
  .tuple(identity, fc.record({ protocolVersion: version, dials, standing, peers }))
  .map(([who, rest]) => ({ ...who, ...rest }));
const reasons: RejectReason[] = ['self', 'duplicate', 'version', 'stale_incarnation'];
const reject = fc
  .tuple(identity, fc.constantFrom(...reasons))
  .map(([who, reason]) => ({ ...who, reason, detail: '' }));
const closeReasons: CloseReason[] = [
  'closed-here',
  'closed-there',
  'refused',
  'unreachable',
  'lost',
  'violated',
];

export const membershipMove: fc.Arbitrary<MembershipMove> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('accept' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('opened' as const, 'opened' as const, 'frame', 'leave', 'violated'),
      link,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('closed' as const),
      link,
      reason: fc.constantFrom(...closeReasons),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('hello' as const), link, payload: hello }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('welcome' as const), link, payload: welcome }),
  },
  fc.record({ kind: fc.constant('reject' as const), link, payload: reject }),
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('sync' as const), link, peers }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('timer' as const), timer: fc.nat({ max: 15 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), forMs: fc.nat({ max: 4000 }) }),
  },
);
