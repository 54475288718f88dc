import {
  flappingLink,
  hostileFrames,
  longPause,
  oneWayHeartbeats,
  slowNode,
  swizzleClog,
} from './links.js';
import {
  ghostSpawn,
  handOver,
  joinAndLeave,
  middleOfThree,
  ownerLoss,
  quickRestart,
  rollingRestart,
} from './losses.js';
import {
  bridge,
  evenSplit,
  nameConflict,
  outsideTheCore,
  splitHeal,
  threeWayMerge,
} from './partitions.js';
import { failingInit, intensityLimit, quietDay, zeroJitter } from './quiet.js';
import { sixOnOneNode } from './one-node.js';
import { nameOfTheGone, overlappingPartitions, stubbornLoser } from './registrations.js';
import type { Story } from './story.js';

/** Every scenario with a name but the kills, in the order in which they are listed. */
export const stories: readonly Story[] = [
  rollingRestart,
  splitHeal,
  evenSplit,
  bridge,
  oneWayHeartbeats,
  longPause,
  flappingLink,
  quickRestart,
  ownerLoss,
  handOver,
  sixOnOneNode,
  intensityLimit,
  middleOfThree,
  ghostSpawn,
  nameConflict,
  threeWayMerge,
  stubbornLoser,
  overlappingPartitions,
  nameOfTheGone,
  swizzleClog,
  joinAndLeave,
  failingInit,
  slowNode,
  outsideTheCore,
  hostileFrames,
  zeroJitter,
  quietDay,
];
