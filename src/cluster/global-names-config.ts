import { InvalidOptionError, checkCount, checkFunction, checkWord } from '../otp/option.js';
import type { NameConflictResolver } from './name-conflict.js';
import type { WhenLost } from './own-names.js';

/** How a node deals with names that two processes claim. Give all nodes of a cluster the same. */
export interface GlobalNamesConfig {
  /**
   * Decides instead of the rule between two plain processes. Owners of a higher term, and later
   * incarnations of a supervised child, win without it.
   */
  readonly onConflict?: NameConflictResolver;
  /**
   * What becomes of a process of this node that loses its name. It is told by a NAME_LOST in its
   * `handleInfo`; with `end`, the default, it is then stopped with `shutdown`, and killed if that
   * takes longer than 5 seconds. A supervisor may take as long as its children need.
   */
  readonly whenLost?: WhenLost;
}

/** What may be said of one name. */
export interface GlobalRegisterOptions {
  /** For this name, what `globalNames.whenLost` of `Cluster.start` says for all. */
  readonly whenLost?: WhenLost;
}

/** For the floors above, whose processes come back elsewhere under their own ids. */
export interface OwnerOptions extends GlobalRegisterOptions {
  /** A whole number, 0 by default: how often the owner was taken over. */
  readonly term?: number;
}

/** Checks what `Cluster.start` is told of names; throws InvalidOptionError. */
export function checkGlobalNames(config: unknown): GlobalNamesConfig {
  if (config === undefined) return {};
  if (typeof config !== 'object' || config === null) {
    throw new InvalidOptionError('globalNames', 'an object, { onConflict?, whenLost? }', config);
  }
  const { onConflict, whenLost } = config as GlobalNamesConfig;
  if (onConflict !== undefined) checkFunction('globalNames.onConflict', onConflict);
  if (whenLost !== undefined) checkWord('globalNames.whenLost', WHEN_LOST, whenLost);
  return {
    ...(onConflict === undefined ? {} : { onConflict }),
    ...(whenLost === undefined ? {} : { whenLost }),
  };
}

/** Throws InvalidOptionError. */
export function checkOwnerOptions({ term, whenLost }: OwnerOptions): void {
  if (term !== undefined) checkCount('term', term, 0);
  if (whenLost !== undefined) checkWord('whenLost', WHEN_LOST, whenLost);
}

const WHEN_LOST = ['end', 'tell'] as const;
