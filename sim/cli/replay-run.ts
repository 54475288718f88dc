import { readFileSync } from 'node:fs';
import { parseReplayFile, type ReplayFile, ReplayFileError } from '../replay/replay-file.js';
import type { RunSummary } from '../report/summary.js';
import { EXIT, type ExitCode } from '../report/verdict.js';
import type { OutputFlags } from './arguments.js';
import { outputWords, quoted } from './replay.js';
import type { Screen } from './screen.js';
import { type Epilogue, SingleRun } from './single-run.js';
import { UsageError } from './usage-error.js';

export interface ReplayRunOptions {
  readonly path: string;
  readonly flags: OutputFlags;
  readonly command: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Runs what a file holds, and says whether it is still broken. */
export async function replayRun(options: ReplayRunOptions): Promise<ExitCode> {
  const { path, flags, command, screen, signal } = options;
  const file = readReplayFile(path);
  const { scenario, plant } = file;
  const replay = [command, '--replay', quoted(path), ...outputWords(flags)].join(' ');
  const run = new SingleRun({
    subject: { scenario, plant },
    flags,
    screen,
    signal,
    replay,
    isSeedDrawn: false,
    concluded: (_report, summary) => verdictOfReplay(file, summary),
  });
  return run.run();
}

/** What a replay says: the promise may be broken still, kept now, or another one is broken. */
export function verdictOfReplay(file: ReplayFile, { verdict }: RunSummary): Epilogue {
  const { broken } = file;
  if (verdict.word === 'ABORTED' || verdict.word === 'STOPPED') return {};
  if (verdict.word === 'PASS') {
    return { sentence: `no longer broken: ${broken}`, json: { replayed: 'mended', broken } };
  }
  if (verdict.broken === broken) {
    const sentence = `still broken: ${broken}`;
    return { sentence, exitCode: EXIT.broken, json: { replayed: 'broken', broken } };
  }
  const now = verdict.broken ?? 'something else';
  const sentence = `broken in another way: ${now}, where it was ${broken}`;
  return { sentence, json: { replayed: 'different', broken } };
}

function readReplayFile(path: string): ReplayFile {
  try {
    return parseReplayFile(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof ReplayFileError) throw new UsageError(error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw UsageError.of('replay', 'a file that can be read', `${path} (${code})`);
  }
}
