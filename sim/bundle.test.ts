import { describe, expect, it } from 'vitest';
import { bundle, BundleError } from './bundle.js';
import { moduleFile } from './testing/module-file.js';

function refusalOf(text: string): Promise<unknown> {
  return bundle({ entry: moduleFile(text) }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a bundle for simulated nodes', () => {
  it.each([
    [
      'import() of a file',
      `\nexport const late = () => import('./other.js');`,
      /import\(\) of \.\//,
    ],
    ['import() of a builtin', `\nexport const late = () => import('node:fs');`, /of node:fs/],
    [
      'import() of a computed name',
      `\nexport const late = (name: string) => import(name);`,
      /import\(\) of a computed name/,
    ],
    ['top-level await', `\nexport const x = await Promise.resolve(1);`, /[Tt]op-level await/],
    [
      'a native add-on',
      `\nimport addon from './addon.node';\nconsole.log(addon);`,
      /native add-on/,
    ],
    ['what is not there', `\nimport x from 'no-such-package';\nconsole.log(x);`, /no-such-package/],
  ])('refuses %s, with the file and its line', async (_, text, reason) => {
    const refusal = await refusalOf(text);
    expect(refusal).toBeInstanceOf(BundleError);
    expect((refusal as BundleError).message).toMatch(reason);
    expect((refusal as BundleError).message).toMatch(/module\.ts:2: /);
  });

  it('takes what only looks like one', async () => {
    const text = `const text = 'import(name)'; // import('./other.js')\nexport { text };`;
    expect(await refusalOf(text)).toBeUndefined();
  });
});
