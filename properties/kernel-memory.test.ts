import { test } from 'vitest';
import { kernelMemoryLaw } from './laws/kernel-memory.js';

test('a kernel that goes on from memory asks for the same as one that never slept', () => {
  kernelMemoryLaw();
});
