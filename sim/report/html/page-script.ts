import { createRequire } from 'node:module';
import { BundleError, simModule } from '../../bundle.js';

/** The page's own script, in one piece for any browser of the last years. */
export function pageScript(): string {
  const entry = simModule('report/html/page/main');
  // Few runs write a page, and the bundler takes 10 MB.
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  try {
    const { outputFiles } = esbuild.buildSync({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      minify: true,
      charset: 'ascii',
      legalComments: 'none',
      logLevel: 'silent',
      tsconfigRaw: {},
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    throw new BundleError(entry, [error instanceof Error ? error.message : String(error)]);
  }
}
