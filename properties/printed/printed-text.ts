// Texts with programs in them that lie beside the project: read when the tests run, never kept.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../shared/seeds/', import.meta.url);

export type PrintedText =
  | '000_8c2e2672d8b22e96.txt'
  | '001_86013fd68628ad38.txt'
  | '002_159522a4c9c55226.txt'
  | '003_5453aff2cf5a5667.txt'
  | '004_6fc458c90d68c707.txt';

/** Whether the text is there; without it its tests are skipped. */
export function isThere(text: PrintedText): boolean {
  return existsSync(fileURLToPath(new URL(text, FOLDER)));
}

/** The blocks of TypeScript in a text, in order, with this package's name in their imports. */
export function printedPrograms(text: PrintedText): string[] {
  return blocksOf(text)
    .filter(({ language }) => language === 'typescript')
    .map((block) => renamed(block.text));
}

/** The blocks in no language: what programs print, and pictures. */
export function printedOutputs(text: PrintedText): string[] {
  return blocksOf(text)
    .filter(({ language }) => language === '')
    .map((block) => block.text);
}

function blocksOf(text: PrintedText): { readonly language: string; readonly text: string }[] {
  const whole = readFileSync(new URL(text, FOLDER), 'utf8');
  return [...whole.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', block = '']) => ({ language, text: block }),
  );
}

function renamed(program: string): string {
  return program
    .replaceAll(/from '(?:@\w+\/)?noex(\/\w+)?'/g, (_, door = '') => `from 'faultline${door}'`)
    .replaceAll(/import (\w+) from '\.\/\w+'/g, `import { $1 } from 'faultline/tasks'`)
    .replaceAll(/from '\.\/\w+'/g, `from 'faultline/tasks'`);
}
