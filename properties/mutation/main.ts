import { readdirSync, readFileSync } from 'node:fs';
import { clearCourt, judge } from './court.js';
import { mutantsOf, type Mutant } from './mutant.js';

// npm run mutation [-- FILE...]: how many small changes to the supervision kernel its tests notice.
const FOLDER = 'src/otp/supervision';
const SEATS = 2;
// A mutant may take this much longer than the kernel as it is. Where others work on the machine as
// well, a survivor takes its time, and must not pass for one that never ends.
const PATIENCE = 10;
const TIMEOUT_MIN_MS = 30_000;

const wanted = process.argv.slice(2);
const files = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => `${FOLDER}/${file}`)
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
const mutants = files.flatMap((file) => mutantsOf(file, readFileSync(file, 'utf8')));

const beganMs = performance.now();
const sound = await judge(undefined, { seat: 0, timeoutMs: 10 * TIMEOUT_MIN_MS });
const timeoutMs = Math.max(TIMEOUT_MIN_MS, PATIENCE * (performance.now() - beganMs));
if (sound.kind === 'caught') {
  process.stderr.write(`the kernel as it is fails: ${sound.by}\n`);
  process.exitCode = 2;
} else {
  const survivors = await tryAll(mutants);
  report(survivors);
}
clearCourt();

async function tryAll(all: readonly Mutant[]): Promise<Mutant[]> {
  const survivors: Mutant[] = [];
  const queue = [...all];
  const sit = async (seat: number): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const verdict = await judge(mutant, { seat, timeoutMs });
      if (verdict.kind === 'survived') survivors.push(mutant);
      if (process.stderr.isTTY) process.stderr.write(`\r${queue.length} mutants left   `);
    }
  };
  await Promise.all(Array.from({ length: SEATS }, (_, seat) => sit(seat)));
  return survivors;
}

function report(survivors: readonly Mutant[]): void {
  const caught = mutants.length - survivors.length;
  const inOrder = mutants.filter((mutant) => survivors.includes(mutant));
  for (const { file, line, from, to } of inOrder) {
    process.stdout.write(`${file}:${line}: ${oneLine(from)}  ->  ${oneLine(to)}\n`);
  }
  const percent = ((100 * caught) / Math.max(mutants.length, 1)).toFixed(1);
  process.stdout.write(`${caught} of ${mutants.length} mutants caught, ${percent} %\n`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
