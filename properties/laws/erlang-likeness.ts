import fc from 'fast-check';
import { supervisorScenario } from '../arbitraries/supervisor-scenario.js';
import { runScenario as runModel } from '../models/erlang/run.js';
import { comparable, firstDifference } from '../otp/comparable.js';
import type { ScenarioRunner } from '../otp/corpus.js';
import type { Scenario } from '../otp/scenario.js';

/** Whatever is done to whatever tree, it leaves the trace that the model leaves. */
export async function erlangLikenessLaw(run: ScenarioRunner, taste: { depth: number }) {
  const scenarios = supervisorScenario({ ...taste, intensityMax: 4, stepsMax: 8 });
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const expected = comparable(scenario, runModel(scenario));
      const actual = comparable(scenario, await run(scenario));
      const difference = firstDifference(expected, actual);
      if (difference !== undefined) throw new Error(`${difference}\n\n${replay(scenario)}`);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? RUNS },
  );
}

/** What to type to see the scenario again, and to keep it. */
function replay(scenario: Scenario): string {
  return [
    'As a scenario file:',
    '',
    `mkdir -p scenario && cat > scenario/${scenario.name}.json <<'END'`,
    JSON.stringify({ ...scenario, tags: ['random'] }, null, 1),
    'END',
    'npm run -s otp -- --scenarios scenario --out trace',
  ].join('\n');
}

const RUNS = 1000;
