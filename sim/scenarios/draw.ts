import { swarm } from '../swarm/swarm.js';
import { asked, askedKills, askedTroubles } from './asked.js';
import { killScenario } from './kill.js';
import { stories } from './stories.js';
import type { ScenarioOptions } from './options.js';
import type { Scenario } from './scenario.js';
import { type Story, drawStory } from './story.js';

export { drawnLines } from './drawn.js';

/** One line of `--scenario list`. */
export interface ScenarioLine {
  readonly name: string;
  readonly line: string;
}

/**
 * Draws a run before anything of it runs. The same options and seed give the same scenario, and
 * what is drawn of one kind of fault does not depend on which other kinds there are.
 *
 * Throws a RangeError for a name that is not in the list.
 */
export function drawScenario(options: ScenarioOptions, seed: number): Scenario {
  const { scenario = KILL.name, faults, cutOff = 0, heartbeatLoss = 0 } = options;
  if (scenario !== KILL.name) return drawStory(troubled(storyNamed(scenario)), options, seed);
  if (faults === 'swarm') return drawStory(troubled(swarm, true), options, seed);
  const hasMore = faults !== undefined || cutOff > 0 || heartbeatLoss > 0;
  return hasMore ? drawStory(troubled(asked), options, seed) : killScenario(options, seed);
}

/** The scenarios that have a name, in the order in which they are shown. */
export function scenarioList(): readonly ScenarioLine[] {
  return [KILL, ...stories.map(({ name, line }) => ({ name, line }))];
}

function storyNamed(name: string): Story {
  const story = stories.find((one) => one.name === name);
  if (story !== undefined) return story;
  const names = scenarioList().map((line) => line.name);
  throw new RangeError(`Expected one of the scenarios ${names.join(', ')}; got ${name}`);
}

/** The same story, and what was asked for besides. */
function troubled(story: Story, hasKills = false): Story {
  return {
    ...story,
    happening: (scene) => {
      const { faults = [], ...rest } = story.happening(scene);
      const kills = hasKills ? askedKills(scene) : [];
      return { ...rest, faults: [...faults, ...kills, ...askedTroubles(scene)] };
    },
  };
}

const KILL: ScenarioLine = {
  name: 'kill',
  line: 'some nodes are killed for good while everybody talks (--kill, --restart)',
};
