import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version of the package that this program belongs to; `unknown` when it was taken apart. */
export function packageVersion(): string {
  // Beside the sources, and one level further up beside the built files.
  const paths = ['../../package.json', '../../../package.json'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const path = paths.find(existsSync);
  if (path === undefined) return 'unknown';
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
