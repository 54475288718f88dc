import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Hono } from 'hono';
import { describe, toError } from '../base/errors.js';
import { findUncarried } from './carried.js';
import { readJson } from './http-body.js';
import { problemOf, RequestError } from './http-problem.js';
import { type AddTaskBody, type AddTaskOptions, addTaskSchema, issueText } from './http-schema.js';
import type { Project } from './project-files.js';
import { checkProjectName, normalProjectPath } from './project-name.js';
import { readProject } from './project-source.js';
import type { HttpDoorOptions } from './task-desk.js';
import type { NewTask, TaskSettings } from './task.js';

/**
 * `POST /addTask` and `POST /addTasks`. A project is read when its task is added, so that a later
 * change of its files belongs to later tasks.
 */
export function addRoutes(
  app: Hono,
  options: Pick<HttpDoorOptions, 'desk' | 'taskFolderPath'>,
): void {
  const { desk } = options;
  const add = async (body: unknown, shipped: Shipped): Promise<string> => {
    const { task, settings } = await taskOf(await valid(addTaskSchema, body), shipped);
    return (await desk.add(task, settings)).taskId;
  };
  app.post('/addTask', async (c) => {
    const taskId = await add(await readJson(c.req), new Shipped(options.taskFolderPath));
    return c.json({ message: 'Task added', taskId });
  });
  app.post('/addTasks', async (c) => {
    const bodies = await readJson(c.req);
    if (!Array.isArray(bodies)) {
      throw new RequestError(400, `Expected an array of tasks, got ${describe(bodies)}`);
    }
    const shipped = new Shipped(options.taskFolderPath);
    // All at once: each is durable when it is told, and they may share the way to the disk.
    const outcomes = await Promise.allSettled(bodies.map((body) => add(body, shipped)));
    const addedTasks: string[] = [];
    const failedTasks: { projectName: string; error: string }[] = [];
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') addedTasks.push(outcome.value);
      else failedTasks.push({ projectName: nameOf(bodies[at]), error: errorOf(outcome.reason) });
    }
    return c.json({ addedTasks, failedTasks });
  });
}

/** Projects as they are on disk now, each read once for all tasks of a request. */
class Shipped {
  readonly #folder: string | undefined;
  readonly #projects = new Map<string, Promise<Project>>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** `undefined` when this coordinator ships nothing: its workers bring their own code. */
  project(name: string): Promise<Project> | undefined {
    if (this.#folder === undefined) return undefined;
    const known = this.#projects.get(name);
    if (known !== undefined) return known;
    const reading = readProject(this.#folder, name);
    this.#projects.set(name, reading);
    return reading;
  }
}

async function valid<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  value: unknown,
): Promise<Output> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  throw new RequestError(400, issueText(result.issues));
}

async function taskOf(
  { projectName, options }: AddTaskBody,
  shipped: Shipped,
): Promise<{ readonly task: NewTask; readonly settings: TaskSettings }> {
  checkProjectName(projectName);
  const { additionalOptions, priority, delayMs, retriesMax, ...rest } = options;
  if (rest.workingDirectory !== undefined && rest.workingDirectory !== '') {
    normalProjectPath(rest.workingDirectory, 'options.workingDirectory');
  }
  checkCarried(additionalOptions);
  const isShipped = rest.type === undefined || rest.type === 'executeCode';
  const project = isShipped ? await shipped.project(projectName) : undefined;
  return {
    task: {
      ...rest,
      type: rest.type ?? 'executeCode',
      projectName,
      ...project,
      ...(additionalOptions === undefined ? {} : { options: additionalOptions }),
    },
    settings: {
      ...(priority === undefined ? {} : { priority }),
      ...(delayMs === undefined ? {} : { delayMs }),
      ...(retriesMax === undefined ? {} : { retriesMax }),
    },
  };
}

// Only here can what is wrong be told by the name that it has in a body.
function checkCarried(additionalOptions: AddTaskOptions['additionalOptions']): void {
  const uncarried = findUncarried({ options: additionalOptions });
  if (uncarried === undefined) return;
  const { expected } = uncarried;
  const error = `options.additionalOptions: expected ${expected}; nothing was added`;
  throw new RequestError(400, error);
}

function nameOf(body: unknown): string {
  const name = (body as { readonly projectName?: unknown } | null | undefined)?.projectName;
  return typeof name === 'string' ? name : describe(name);
}

function errorOf(reason: unknown): string {
  const problem = problemOf(reason);
  return problem.kind === 'refused' ? problem.error : toError(reason).message;
}
