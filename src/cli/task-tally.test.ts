import { describe, expect, it } from 'vitest';
import { TaskTally } from './task-tally.js';

describe('the tally of a worker', () => {
  it('has no more running than the worker takes, though results are on their way', () => {
    const tally = new TaskTally({ concurrency: 1 });
    tally.count({ kind: 'started' });
    tally.count({ kind: 'started' });
    expect(tally.sentence).toBe('1 running, 0 completed, 0 failed, 0 lost to others');
    tally.count({ kind: 'completed' });
    tally.count({ kind: 'failed' });
    expect(tally.sentence).toBe('0 running, 1 completed, 1 failed, 0 lost to others');
  });

  it('tells what was lost from what was handed on', () => {
    const tally = new TaskTally({ concurrency: 5 });
    for (let count = 0; count < 5; count++) tally.count({ kind: 'started' });
    tally.count({ kind: 'refused' });
    tally.count({ kind: 'given up' });
    tally.stopping();
    tally.count({ kind: 'given up' });
    tally.count({ kind: 'refused' });
    tally.stopped();
    expect(tally.sums).toEqual({ running: 0, completed: 0, failed: 0, lost: 3, handedOn: 2 });
    expect(tally.sentence).toContain('3 lost to others, 2 handed on');
  });
});
