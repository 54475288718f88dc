import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const door = fileURLToPath(new URL('../src/index.ts', import.meta.url));

function blocks(language: string): string[] {
  const fences = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...fences].map(([, text = '']) => text);
}

describe('the README', () => {
  it('shows a program that prints what it says', async () => {
    const [program = ''] = blocks('ts');
    const [output] = blocks('text');
    const bundled = await build({
      stdin: { contents: program, loader: 'ts', resolveDir: dirname(door) },
      alias: { faultline: door },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
    });
    const input = bundled.outputFiles[0]?.text ?? '';
    const run = spawnSync(process.execPath, ['--input-type=module', '-'], { input });
    expect(run.stderr.toString()).toBe('');
    expect(run.stdout.toString()).toBe(output);
    expect(run.status).toBe(0);
  });

  it('names commands that exist', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { scripts: Record<string, string> };
    const commands = blocks('sh').join('\n');
    for (const [, script = ''] of commands.matchAll(/npm (?:run )?(sim|test|bench)\b/g)) {
      expect(manifest.scripts).toHaveProperty(script);
    }
    expect(commands).toContain('npm ci && npm run sim -- --nodes 5 --kill 2');
    expect(commands).toContain('npm ci && npm test');
  });
});
