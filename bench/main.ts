import { BenchUsageError, parseArguments } from './arguments.js';
import { reaches } from './figure.js';
import { machineLine, thisMachine } from './machine.js';
import { bundleSuites, runSuite } from './suite-runner.js';
import { SUITES, suiteNames } from './suite-names.js';
import { tableOf } from './table.js';

process.exitCode = await benchCommand(process.argv.slice(2));

/** Measures what the flags name and prints it; gives the exit code. */
async function benchCommand(args: readonly string[]): Promise<number> {
  try {
    const flags = parseArguments(args, suiteNames);
    if (!flags.help) return await measure(flags.suites, flags.json);
    console.log(helpText());
    return 0;
  } catch (error) {
    if (!(error instanceof BenchUsageError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
}

/** Prints what it could measure; 1 when a suite failed. */
async function measure(asked: readonly string[], json: boolean): Promise<number> {
  const machine = thisMachine();
  const file = await bundleSuites();
  const suites = [];
  let code = 0;
  for (const name of suiteNames) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    if (process.stderr.isTTY) process.stderr.write(`${name}: ${SUITES[name]}\n`);
    const figures = await runSuite(file, name);
    if (figures === undefined) code = 1;
    else suites.push({ name, title: SUITES[name], figures });
  }
  if (!json) {
    console.log(`${machineLine(machine)}\n\n${tableOf(suites)}`);
    return code;
  }
  const judged = suites.map(({ figures, ...suite }) => {
    return { ...suite, figures: figures.map((each) => ({ ...each, reached: reaches(each) })) };
  });
  console.log(JSON.stringify({ machine, suites: judged }));
  return code;
}

function helpText(): string {
  const width = Math.max(...suiteNames.map((name) => name.length));
  return [
    'npm run bench -- [--suite NAME]... [--json]',
    '',
    'Measures each path against the bare limit of the same job, both in turn in one run.',
    'The ratio is the figure: it moves less with the machine than the speeds do.',
    '',
    '  --suite NAME  measure this suite only; may be given more than once',
    '  --json        print one JSON object and nothing else',
    '  --help        print this',
    '',
    ...suiteNames.map((name) => `  ${name.padEnd(width)}  ${SUITES[name]}`),
  ].join('\n');
}
