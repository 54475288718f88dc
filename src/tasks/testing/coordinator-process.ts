import { CoordinatorTaskDistributor } from '../socket-coordinator.js';
import { quietLogger } from './quiet-logger.js';

/** What the process is asked, and answers with `CoordinatorAnswer`. */
export type CoordinatorQuestion =
  { readonly add: number } | { readonly untilCompleted: number } | { readonly histories: true };

// A coordinator in a process of its own: port and folder are its arguments, and a word if it is to
// be killed by the first result. It tells where it listens, and then answers.
const [port = '0', path = '', frail] = process.argv.slice(2);
const coordinator = new CoordinatorTaskDistributor({
  port: Number(port),
  httpPort: false,
  enableBonjour: false,
  store: { path },
  logger: quietLogger().logger,
  ...(frail === undefined ? {} : { onResult: () => process.kill(process.pid, 'SIGKILL') }),
});
await coordinator.start();
process.on('message', (question: CoordinatorQuestion) => {
  void answer(question).then((told) => process.send?.(told));
});
process.send?.(coordinator.port);

async function answer(question: CoordinatorQuestion): Promise<unknown> {
  const { desk } = coordinator;
  if ('add' in question) {
    const adding = Array.from({ length: question.add }, () => desk.add({ taskType: 'build' }));
    return (await Promise.all(adding)).map(({ taskId }) => taskId);
  }
  if ('untilCompleted' in question) {
    return new Promise((resolve) => {
      const look = (): void => {
        if (desk.counts().completed < question.untilCompleted) return;
        end();
        resolve(desk.counts());
      };
      const end = desk.subscribe(look);
      look();
    });
  }
  return completions();
}

/** How often each task was completed. */
function completions(): Record<string, number> {
  const all: Record<string, number> = {};
  let after: string | undefined;
  do {
    const query = { limit: 1000, ...(after === undefined ? {} : { after }) };
    const page = coordinator.desk.list(query);
    for (const { taskId } of page.tasks) {
      const steps = coordinator.desk.history(taskId) ?? [];
      all[taskId] = steps.filter(({ state }) => state === 'completed').length;
    }
    after = page.next;
  } while (after !== undefined);
  return all;
}
