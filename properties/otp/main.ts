import { runCorpus } from './corpus.js';

// npx tsx properties/otp/main.ts SCENARIO_DIR TRACE_DIR
const [scenarioDir, traceDir] = process.argv.slice(2);
if (scenarioDir === undefined || traceDir === undefined) {
  process.stderr.write('usage: main.ts SCENARIO_DIR TRACE_DIR\n');
  process.exitCode = 2;
} else {
  process.stderr.write(`${runCorpus(scenarioDir, traceDir)} traces written to ${traceDir}\n`);
}
