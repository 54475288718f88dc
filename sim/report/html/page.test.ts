import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../plan.js';
import { Browser, findBrowser } from '../../testing/browser.js';
import { tracedRun } from '../../testing/traced-run.js';
import { traceFileOf } from '../trace-file.js';

const program = findBrowser();
const faults: readonly Fault[] = [
  {
    kind: 'partition',
    atMs: 7000,
    forMs: 1500,
    groups: [
      [0, 1],
      [2, 3, 4],
    ],
  },
  { kind: 'pause', node: 1, atMs: 9000, forMs: 500 },
];

interface Line {
  readonly type: string;
  readonly kind: string;
  readonly node: string;
  readonly message?: number;
  readonly detail?: { readonly kind?: string };
}

describe.skipIf(program === undefined)('the report in a browser (needs chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-report-'));
  let browser: Browser;
  let lines: Line[];
  let url: string;

  beforeAll(async () => {
    const run = await tracedRun({ nodes: 5, kill: 2, faults });
    const file = join(folder, 'report.html');
    writeFileSync(file, traceFileOf('html', run));
    url = pathToFileURL(file).href;
    const text = traceFileOf('ndjson', run).trimEnd();
    lines = text.split('\n').map((line) => JSON.parse(line) as Line);
    browser = await Browser.start(program as string, { width: 1280, height: 800 });
    await browser.open(url);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('draws the lanes, bars and message lines that the trace holds', async () => {
    const events = lines.filter(({ type }) => type === 'event');
    const starts = events.filter(({ detail }) => detail?.kind === 'fenced_started');
    const crossing = events.filter(({ kind, message }) => {
      return message !== undefined && ['send', 'dial', 'close'].includes(kind);
    });
    expect(await browser.evaluate('window.faultlineReport.drawn')).toMatchObject({
      lanes: 5,
      bars: starts.length,
      messages: new Set(crossing.map(({ message }) => message)).size,
      events: events.filter(({ node }) => node !== null).length,
      bands: 4,
    });
    const lanes = await browser.evaluate<[string, string][]>(
      `[...document.querySelectorAll('.lane')].map(({ dataset }) => [dataset.node, dataset.bars])`,
    );
    const counted = lanes.map(([id]) => [id, `${starts.filter(({ node }) => node === id).length}`]);
    expect(lanes).toEqual(counted);
  });

  it('asks the network for nothing and throws nothing', () => {
    expect(browser.log.requests.filter((asked) => asked !== url)).toEqual([]);
    expect(browser.log.errors).toEqual([]);
  });

  it('shows fewer bars and messages for a part of the run, and all of them again', async () => {
    const whole = await drawn();
    await browser.evaluate('window.faultlineReport.show(2e6, 2.1e6)');
    const part = await drawn();
    expect(part['messages']).toBeLessThan(whole['messages'] ?? 0);
    expect(part['bars']).toBe(10);
    await browser.press('0');
    expect(await drawn()).toEqual(whole);
  });

  it('hides the lanes and messages of what is filtered out', async () => {
    const whole = await drawn();
    const boxes = `[...document.querySelectorAll('.filter')].find((menu) =>
      menu.textContent.startsWith('Nodes')).querySelectorAll('input')`;
    await browser.evaluate(`${boxes}[4].click()`);
    const without = await drawn();
    expect(without['lanes']).toBe(4);
    expect(without['messages']).toBeLessThan(whole['messages'] ?? 0);
    await browser.evaluate(`${boxes}[4].click()`);
  });

  it('jumps to a fault and says what it was', async () => {
    await browser.evaluate(`document.querySelector('.fault').click()`);
    const title = await browser.evaluate<string>(
      `document.querySelector('.inspector h2').textContent`,
    );
    expect(title).toMatch(/^crash on node\d/);
    await browser.press('Escape');
    expect(await browser.evaluate(`document.querySelector('.inspector').hidden`)).toBe(true);
  });

  async function drawn(): Promise<Record<string, number>> {
    await browser.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    return browser.evaluate('window.faultlineReport.drawn');
  }
});
