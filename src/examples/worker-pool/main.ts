/** `npm run worker-pool`, or with a word: `npm run worker-pool -- supervised`. */
import { DEMONSTRATIONS, type DemonstrationName } from './demonstration.js';

const [word = 'round-robin'] = process.argv.slice(2);
if (Object.hasOwn(DEMONSTRATIONS, word)) {
  await DEMONSTRATIONS[word as DemonstrationName]((line) => console.log(line));
} else {
  const names = Object.keys(DEMONSTRATIONS).join(', ');
  process.stderr.write(`worker-pool: expected one of ${names}, got ${word}\n`);
  process.exitCode = 2;
}
