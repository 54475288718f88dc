import { test } from 'vitest';
import { SupervisionKernel } from '../src/otp/supervision/kernel.js';
import { kernelHostingLaw } from './laws/kernel-hosting.js';

test('a kernel asks its host for no nonsense, answers once, and leaves nothing behind', () => {
  kernelHostingLaw((options) => new SupervisionKernel(options));
});
