import { expect, test } from 'vitest';
import { Pump } from './pump.js';

/** Words for each event; what is done with a word is written down as it begins and ends. */
function pumped(words: Readonly<Record<string, readonly string[]>>, act: (word: string) => void) {
  const story: string[] = [];
  let nowMs = 0;
  const machine = {
    handle: (event: string, atMs: number): readonly string[] => {
      story.push(`${event} at ${atMs}`);
      return words[event] ?? [];
    },
  };
  const perform = (word: string): void => {
    story.push(`${word} begins`);
    act(word);
    story.push(`${word} ends`);
  };
  const pump = new Pump(machine, perform, () => nowMs++);
  return { story, feed: (event: string) => pump.feed(event) };
}

test('an event that comes up while effects are carried out waits until all of them are', () => {
  const words = { first: ['one', 'two'], second: ['three'] };
  const { story, feed } = pumped(words, (word) => {
    if (word === 'one') feed('second');
  });
  feed('first');
  expect(story).toEqual([
    'first at 0',
    'one begins',
    'one ends',
    'two begins',
    'two ends',
    'second at 1',
    'three begins',
    'three ends',
  ]);
});

test('an effect that throws leaves the pump fit for the events that follow', () => {
  const { story, feed } = pumped({ first: ['one'], second: ['two'] }, (word) => {
    if (word === 'one') throw new Error('boom');
  });
  expect(() => feed('first')).toThrow('boom');
  feed('second');
  expect(story).toEqual(['first at 0', 'one begins', 'second at 1', 'two begins', 'two ends']);
});
