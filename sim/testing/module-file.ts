import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a module for one test; it may import 'faultline', as those of users do. */
export function moduleFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-module-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'module.ts');
  writeFileSync(file, text);
  return file;
}
