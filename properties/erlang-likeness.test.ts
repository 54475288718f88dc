import { describe, test } from 'vitest';
import { erlangLikenessLaw } from './laws/erlang-likeness.js';
import { runScenario } from './otp/driver.js';
import { runScenario as runOnKernel } from './otp/kernel-driver.js';

describe.each([
  ['Supervisor', runScenario],
  ['the kernel alone', runOnKernel],
])('%s', (_, run) => {
  test("does with one supervisor's children what Erlang's does", async () => {
    await erlangLikenessLaw(run, { depth: 0 });
  });

  test("does with supervisors of supervisors what Erlang's does", async () => {
    await erlangLikenessLaw(run, { depth: 2 });
  });
});
