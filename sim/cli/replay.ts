import type { RunFlags } from './arguments.js';

/** The command that does the same again: every flag that decides something, and no other one. */
export function replayCommand(command: string, flags: RunFlags, seed: number): string {
  const words = [command, `--nodes ${flags.nodes}`, `--kill ${flags.kill}`, `--seed ${seed}`];
  if (flags.children !== undefined) words.push(`--children ${flags.children}`);
  if (flags.strategy !== 'one_for_one') words.push(`--strategy ${flags.strategy}`);
  if (flags.selector !== 'round_robin') words.push(`--selector ${flags.selector}`);
  if (flags.durationMs !== undefined) words.push(`--duration ${flags.durationMs}ms`);
  if (flags.lane !== 'worker') words.push(`--lane ${flags.lane}`);
  if (flags.checkDeterminism) words.push('--check-determinism');
  if (flags.plant !== undefined) words.push(`--plant ${flags.plant}`);
  return words.join(' ');
}
