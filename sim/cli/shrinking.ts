import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planLines } from '../report/plan-lines.js';
import { FORMAT, replayFileName, replayFileText, type ReplayFile } from '../replay/replay-file.js';
import type { RunOutcome } from '../search/run-outcome.js';
import { LaneRunner } from '../search/scenario-runner.js';
import type { Subject } from '../search/subject.js';
import { shrinkableBreak, type ShrunkRun, shrinkRun } from '../shrink/shrink-run.js';
import { quoted } from './replay.js';
import type { Screen } from './screen.js';
import type { Epilogue } from './single-run.js';

export interface ShrinkStep {
  readonly subject: Subject;
  /** What is to be broken again. */
  readonly outcome: RunOutcome;
  /** The command that found it. */
  readonly found: string;
  readonly command: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Looks for the smallest plan that breaks the same promise, and writes it down. */
export async function shrunkEpilogue(step: ShrinkStep): Promise<Epilogue> {
  const { subject, outcome, screen } = step;
  if (shrinkableBreak(outcome) === undefined) {
    return { lines: ['not shrunk: less would happen in a smaller run, and something is missed'] };
  }
  const shrunk = await shrinkInProcess(step);
  const { scenario } = shrunk;
  const file = fileOf(step, shrunk);
  const path = writeFailure(file);
  const { faults, operations } = scenario.plan;
  const before = subject.scenario.plan;
  const replay = `${step.command} --replay ${quoted(path)}`;
  const lines = [
    screen.paint.bold('the smallest plan that still breaks it'),
    ...planLines(scenario),
    '',
    `  ${faults.length} of ${before.faults.length} faults, ${operations.length} of ` +
      `${before.operations.length} operations; ${howText(shrunk)}`,
    `  found by ${step.found}`,
  ];
  const json = {
    shrunk: {
      file: path,
      faults: faults.length,
      operations: operations.length,
      nodes: scenario.settings.nodeIds.length,
      children: scenario.settings.supervisor.children.length,
      durationMs: scenario.times.durationMs,
      tries: shrunk.tries,
      end: shrunk.end,
      verified: shrunk.isVerified,
      plan: scenario.plan,
      found: step.found,
    },
  };
  return { lines, json, replay };
}

async function shrinkInProcess(step: ShrinkStep): Promise<ShrunkRun> {
  const { subject, outcome, screen, signal } = step;
  const runner = new LaneRunner(['inproc'], subject.plant);
  const close = (): void => void runner.close();
  signal.addEventListener('abort', close);
  try {
    return await shrinkRun(runner, subject.scenario, outcome, {
      signal,
      tried: (tries, accepted) => {
        screen.progress(`shrinking: ${tries} tries, ${accepted} of them smaller`);
      },
    });
  } finally {
    signal.removeEventListener('abort', close);
    screen.clearProgress();
  }
}

function fileOf({ subject, found }: ShrinkStep, { scenario, outcome }: ShrunkRun): ReplayFile {
  const { plant } = subject;
  const { broken = '', reason = '' } = outcome.verdict;
  return {
    format: FORMAT,
    broken,
    message: reason,
    found,
    ...(plant === undefined ? {} : { plant }),
    scenario,
  };
}

function writeFailure(file: ReplayFile): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, replayFileName(file));
  writeFileSync(path, replayFileText(file));
  return path;
}

function howText({ end, tries, isVerified }: ShrunkRun): string {
  if (end === 'aborted') return `interrupted after ${tries} tries`;
  const again = isVerified ? 'it failed the same way twice more' : 'it did not fail again';
  return end === 'tries' ? `given up after ${tries} tries, ${again}` : `${tries} tries, ${again}`;
}

const FOLDER = join('sim', 'failures');
