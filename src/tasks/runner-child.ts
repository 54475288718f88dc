/** What a program's process says at its end, at most once. */
export type ChildWord =
  | { readonly kind: 'done'; readonly output?: unknown }
  | { readonly kind: 'failed'; readonly error: string };

/**
 * What the process of a program evaluates first: it waits for its task, imports the entry point,
 * calls its function, and tells what came of it. Text, so that it needs no file and no compiler.
 * It ends when the worker is gone.
 */
export const CHILD_PROGRAM = `
const tell = (word) => new Promise((resolve) => process.send(word, resolve));
const fail = async (error) => {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  await tell({ kind: 'failed', error: text.slice(0, 20000) });
  process.exit(1);
};
process.on('disconnect', () => process.exit(1));
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
const { entry, args, task, resultBytesMax } = await new Promise((resolve) =>
  process.once('message', resolve),
);
process.argv = [process.argv[0], entry.startsWith('data:') ? 'task' : entry, ...args];
try {
  const program = await import(entry);
  const run = [program.default, program.run, program.default?.default].find(
    (value) => typeof value === 'function',
  );
  if (run === undefined) {
    process.channel.unref();
  } else {
    const output = await run(args, task);
    const size = Buffer.byteLength(JSON.stringify(output ?? null));
    if (size > resultBytesMax) {
      throw new Error('Its result has ' + size + ' bytes as JSON, over ' + resultBytesMax);
    }
    await tell({ kind: 'done', output });
    process.exit(0);
  }
} catch (error) {
  await fail(error);
}
`;
