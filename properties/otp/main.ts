import { parseArgs } from 'node:util';
import { runCorpus } from './corpus.js';
import { runScenario } from './driver.js';

// npm run -s otp -- --scenarios DIR --out DIR
const USAGE = 'usage: npm run -s otp -- --scenarios DIR --out DIR';

try {
  const { scenarios, out } = parseArgs({
    options: { scenarios: { type: 'string' }, out: { type: 'string' } },
  }).values;
  if (scenarios === undefined || out === undefined) refuse('both directories are needed');
  else {
    const count = await runCorpus(runScenario, scenarios, out);
    process.stderr.write(`${count} traces written to ${out}\n`);
  }
} catch (error) {
  refuse((error as Error).message);
}

function refuse(why: string): void {
  process.stderr.write(`${why}; ${USAGE}\n`);
  process.exitCode = 2;
}
