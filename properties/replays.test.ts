import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseReplayFile } from '../sim/replay/replay-file.js';
import { EXIT } from '../sim/report/verdict.js';
import { LaneRunner } from '../sim/search/scenario-runner.js';

const folder = fileURLToPath(new URL('./replays', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

// A promise that was broken once, as the smallest run that broke it: what breaks it with a planted
// bug still does, and without one it is mended.
describe('a run that was written down', () => {
  it.each(names)('%s: a mended bug stays mended, and a planted one is caught', async (name) => {
    const path = `${folder}/${name}`;
    const { scenario, plant, broken } = parseReplayFile(readFileSync(path, 'utf8'), path);
    const { verdict } = await new LaneRunner(['inproc'], plant).run(scenario);
    if (plant !== undefined) expect(verdict).toMatchObject({ exitCode: EXIT.broken, broken });
    else expect(verdict.broken, verdict.reason).not.toBe(broken);
    // A small run may leave other promises untested, but the simulator has to get through it.
    expect(verdict.exitCode).not.toBe(EXIT.harness);
  });
});
