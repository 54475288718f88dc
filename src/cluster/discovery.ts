import type { NodeId } from '../base/node-id.js';

/**
 * A way to find nodes that nobody knows by name beforehand. It serves one node, from its start to
 * its stop.
 */
export interface Discovery {
  /**
   * Where nodes may be found right now, as `host:port` or `name@host:port`, this node among them or
   * not; nothing when there are none. It is asked again and again, one asking at a time, so it has
   * to settle. A rejection is logged, and what was found before stays.
   */
  find(): Promise<readonly string[]>;
  /** Tells others where this node can be found. Called once, as soon as it can be reached. */
  announce?(self: NodeId): Promise<void> | void;
  /** Takes the announcement back and lets go of everything. Nothing is asked from then on. */
  close(): Promise<void> | void;
}

/** The same nodes always. Those named in the option `seeds` of `Cluster.start` need none of it. */
export function seedDiscovery(seeds: readonly string[]): Discovery {
  const found = [...seeds];
  return { find: () => Promise.resolve(found), close: () => undefined };
}

/** What any of `parts` finds. It rejects, and so keeps what was found before, when one does. */
export function allDiscoveries(...parts: readonly Discovery[]): Discovery {
  return {
    find: async () => (await Promise.all(parts.map((part) => part.find()))).flat(),
    announce: async (self) => {
      await Promise.all(parts.map(async (part) => part.announce?.(self)));
    },
    close: async () => {
      await Promise.all(parts.map(async (part) => part.close()));
    },
  };
}
