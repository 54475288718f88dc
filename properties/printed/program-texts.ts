import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RunningPrograms } from '../../src/examples/testing/running-programs.js';
import { doors } from './compiler.js';

const cache = fileURLToPath(new URL('../../.cache', import.meta.url));

/**
 * Builds programs from their texts, by the names of their files. A text of `ownDoors` stands in the
 * place of the door of that name.
 */
export async function buildTexts(
  texts: Readonly<Record<string, string>>,
  ownDoors: Readonly<Record<string, string>> = {},
): Promise<RunningPrograms> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'texts-'));
  try {
    const alias: Record<string, string> = { ...doors };
    for (const [at, [door, text]] of Object.entries(ownDoors).entries()) {
      alias[door] = join(folder, `door-${at}.ts`);
      await writeFile(alias[door], text);
    }
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
    const urls = Object.keys(texts).map((name) => pathToFileURL(join(folder, name)));
    return await RunningPrograms.build(urls, { name: 'printed', alias });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
