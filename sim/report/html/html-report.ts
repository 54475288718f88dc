import type { TracedRun } from '../trace-file.js';
import { htmlDocument } from './document.js';
import { pageScript } from './page-script.js';
import { reportDataOf } from './run-data.js';

/**
 * The run as one page that needs nothing else: no file beside it, no network, no font. Throws
 * `BundleError` when the page's script cannot be built.
 */
export function htmlReport(run: TracedRun): string {
  return htmlDocument(reportDataOf(run), pageScript());
}
