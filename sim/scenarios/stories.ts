import {
  flappingLink,
  hostileFrames,
  longPause,
  oneWayHeartbeats,
  slowNode,
  swizzleClog,
} from './links.js';
import { ghostSpawn, joinAndLeave, middleOfThree, quickRestart, rollingRestart } from './losses.js';
import {
  bridge,
  evenSplit,
  nameConflict,
  outsideTheCore,
  splitHeal,
  threeWayMerge,
} from './partitions.js';
import { failingInit, intensityLimit, quietDay, zeroJitter } from './quiet.js';
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
  intensityLimit,
  middleOfThree,
  ghostSpawn,
  nameConflict,
  threeWayMerge,
  swizzleClog,
  joinAndLeave,
  failingInit,
  slowNode,
  outsideTheCore,
  hostileFrames,
  zeroJitter,
  quietDay,
];
