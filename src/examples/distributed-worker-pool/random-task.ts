import { anyOf } from '../world.js';

/** Something to do, made up. */
export function randomTask(): string {
  return `${anyOf(VERBS)} ${anyOf(THINGS)}`;
}

const VERBS = ['resize', 'index', 'translate', 'compress', 'check', 'send'] as const;
const THINGS = ['an image', 'a report', 'a song', 'an invoice', 'a letter', 'a map'] as const;
