import { nodeIcon } from './icon.js';
import type { ReportData } from './report-data.js';
import { PAGE_STYLE } from './style.js';

/** One HTML file: the data as JSON, the style and the script beside it. */
export function htmlDocument(data: ReportData, script: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // Nothing may be fetched, whatever the data says.
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<title>${escapeText(data.run.title)}</title>`,
    `<link rel="icon" href="${nodeIcon(data.run.verdict)}">`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    '<noscript>This report draws itself with a script, which is in this file.</noscript>',
    `<script type="application/json" id="data">${embeddedJson(data)}</script>`,
    `<script>${script.replaceAll('</script', '<\\/script')}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** JSON that may stand inside of a script element: nothing in it ends the element or the line. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
].join('; ');
