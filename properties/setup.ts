import fc from 'fast-check';
import { expect } from 'vitest';

// The same cases on every run, so that a red build is red for everyone. Other cases are one
// variable away: FAULTLINE_SEED moves the seed, FAULTLINE_RUNS asks for more of them.
const seed = wholeNumber('FAULTLINE_SEED') ?? 20_260_101;
const numRuns = wholeNumber('FAULTLINE_RUNS');

fc.configureGlobal({
  seed,
  ...(numRuns === undefined ? {} : { numRuns }),
  // Its successor, the plugin, can only be given to one assertion at a time.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  reporter(details) {
    if (!details.failed) return;
    throw new Error(`${fc.defaultReportMessage(details)}\n\n${replay(details.seed)}`, {
      cause: details.errorInstance,
    });
  },
});

/** The one command that finds the same counterexample again. */
function replay(failedSeed: number): string {
  const { testPath, currentTestName } = expect.getState();
  const runs = numRuns === undefined ? '' : `FAULTLINE_RUNS=${numRuns} `;
  const title =
    currentTestName === undefined ? '' : ` -t ${JSON.stringify(pattern(currentTestName))}`;
  return `Replay: FAULTLINE_SEED=${failedSeed} ${runs}npx vitest run ${fileName(testPath)}${title}`;
}

// The filter is a regular expression over the titles joined by blanks.
function pattern(testName: string): string {
  return testName.replaceAll(' > ', ' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function fileName(path: string | undefined): string {
  if (path === undefined) return '';
  const folder = `${process.cwd()}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

function wholeNumber(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new Error(`${variable} takes a whole number, not ${JSON.stringify(text)}`);
}
