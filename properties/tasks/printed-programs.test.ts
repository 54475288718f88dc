// The programs of the first description of task distribution, as they are printed there.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/testing/running-nodes.js';
import type {
  RunningProgram,
  RunningPrograms,
} from '../../src/examples/testing/running-programs.js';
import { doors } from '../printed/compiler.js';
import { isThere, printedPrograms } from '../printed/printed-text.js';
import { buildTexts } from '../printed/program-texts.js';
import { taskFragments } from '../printed/task-fragments.js';

const TEXT = '004_6fc458c90d68c707.txt';
const NAMES = ['basicMaster', 'basicWorker', 'coordinator', 'enhancedWorker'] as const;
type ProgramName = (typeof NAMES)[number];

describe.skipIf(!isThere(TEXT))('the printed programs (skipped without ../shared/seeds)', () => {
  let programs: RunningPrograms;
  beforeAll(async () => {
    const printed = printedPrograms(TEXT);
    const texts = NAMES.map((name, at) => {
      return [`${name}.ts`, taskFragments[at]?.(printed[at] ?? '') ?? ''] as const;
    });
    programs = await buildTexts(Object.fromEntries(texts), { 'faultline/tasks': here });
  });
  afterEach(() => programs.killAll());
  afterAll(() => programs.end());

  /** They write their logs, and what is shipped to them, into that folder. */
  function run(name: ProgramName, env: Readonly<Record<string, string>>): RunningProgram {
    const WORK = join(programs.folder, 'work');
    return programs.run(name, [], { cwd: programs.folder, env: { ...env, WORK } });
  }

  describe.each(['the address of the master', 'Bonjour'])(
    'run, and find each other by %s',
    (by) => {
      async function settings(): Promise<Record<string, string>> {
        const [port, httpPort] = [`${await freePort()}`, `${await freePort()}`];
        const own = { PORT: port, HTTP_PORT: httpPort, SERVICE: `printed${port}` };
        return by === 'Bonjour' ? own : { ...own, MASTER: `http://127.0.0.1:${port}` };
      }

      it('master and worker', async () => {
        const env = await settings();
        const master = run('basicMaster', env);
        const worker = run('basicWorker', env);
        await master.shows(/Results received: 2/);
        // There are no more tasks.
        expect(await worker.ended).toEqual({ code: 0, signal: null });
        expect(master.out).not.toMatch(/Results received[\s\S]*Results received/);
      });

      it('coordinator and enhanced worker', async () => {
        const env = await settings();
        const coordinator = run('coordinator', env);
        run('enhancedWorker', env);
        await coordinator.shows(/Handled results: [\s\S]*dynamic-task-1[\s\S]*built/);
      });
    },
  );
});

/** Stands before the door: where the programs listen and keep things is not what is printed. */
const here = `
  import * as tasks from ${JSON.stringify(doors['faultline/tasks'])};
  const { PORT, HTTP_PORT, SERVICE, MASTER, WORK } = process.env;
  const master = { port: Number(PORT), serviceType: SERVICE, enableBonjour: !MASTER };
  const worker = { serviceType: SERVICE, ...(MASTER ? { masterUrl: MASTER } : {}) };
  export class TaskDistributor extends tasks.TaskDistributor {
    constructor(options) { super({ ...options, ...master }); }
  }
  export class WorkerClient extends tasks.WorkerClient {
    constructor(options) { super({ ...options, ...worker }); }
  }
  export class CoordinatorTaskDistributor extends tasks.CoordinatorTaskDistributor {
    constructor(options) {
      super({ ...options, ...master, httpPort: Number(HTTP_PORT), store: 'memory' });
    }
  }
  export class EnhancedWorkerClient extends tasks.EnhancedWorkerClient {
    constructor(options) { super({ ...options, ...worker, workingDirectory: WORK }); }
  }`;
