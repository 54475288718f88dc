// The page of a coordinator in a real browser, which reaches the coordinator and nobody else.
import { afterEach, describe, expect, it } from 'vitest';
import { Browser, findBrowser } from '../../sim/testing/browser.js';
import { openDesk } from '../../src/tasks/testing/open-desk.js';
import { playDesk } from './played-desk.js';

const program = findBrowser();
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

describe.skipIf(program === undefined)('the page (skipped where no Chromium is installed)', () => {
  it('follows the queue as it changes, and shows what came from tasks as text', async () => {
    const { browser, desk, url } = await open(100, '#task-6');
    await shows(browser, '#tasks tr', 50);
    expect(await text(browser, '#tasks tr:first-child a')).toBe('task-100');
    expect(await text(browser, '#history')).toContain('the tests of <b>shop</b> are red');
    expect(await text(browser, '#workers')).toContain('builder-1');
    const waiting = Number(await text(browser, '#n-waiting'));
    const { taskId } = await desk.add({ taskType: 'later' });
    await until(browser, `document.querySelector('#n-waiting').textContent === '${waiting + 1}'`);
    // What has just come is what one looks for.
    await until(browser, `document.querySelector('#tasks a').textContent === '${taskId}'`);
    expect(browser.log.errors).toEqual([]);
    expect(browser.log.requests.filter((asked) => !asked.startsWith(url))).toEqual([]);
  });

  it('shows one state, the next tasks, and one task, at a click', async () => {
    const { browser } = await open(200, '');
    await shows(browser, '#tasks tr', 50);
    await click(browser, '#next');
    await until(browser, `document.querySelector('#range').textContent.endsWith('51 to 100')`);
    await click(browser, '#order');
    await until(browser, `document.querySelector('#tasks a').textContent === 'task-1'`);
    expect(await text(browser, '#range')).toBe('oldest first: 1 to 50');
    await click(browser, '[data-state=deadLetter]');
    await shows(browser, '#tasks tr', 1);
    await click(browser, '#tasks tr');
    await until(browser, `document.querySelector('#task-title').textContent === 'task-200'`);
    expect(await text(browser, '#history')).toContain('given up');
    expect(browser.log.errors).toEqual([]);
  });

  it('says that there is nothing yet, and when the coordinator is gone', async () => {
    const { browser, close } = await open(0, '');
    await until(browser, `document.querySelector('#live').dataset.live === 'yes'`);
    await until(browser, `!document.querySelector('#none').hidden`);
    expect(await text(browser, '#nobody')).toBe('No workers are connected.');
    await close();
    await until(browser, `document.querySelector('#live').dataset.live === 'no'`);
  });

  it.each(['light', 'dark'] as const)(
    'has words that stand out in %s, and room for every state',
    async (theme) => {
      const { browser } = await open(100, '#task-6', theme);
      await shows(browser, '#tasks tr', 50);
      const contrasts = await browser.evaluate<Record<string, number>>(CONTRASTS);
      expect(Object.keys(contrasts).length).toBeGreaterThan(8);
      for (const contrast of Object.values(contrasts)) expect(contrast).toBeGreaterThanOrEqual(4.5);
      expect(await browser.evaluate<string[]>(CUT_STATES)).toEqual([]);
    },
  );

  it.each([420, 1200])('tells tasks of one coordinator apart at %d pixels', async (width) => {
    const { browser, desk } = await open(0, '', 'light', width);
    for (let count = 0; count < 3; count++) await desk.add({ taskType: 'build' });
    await shows(browser, '#tasks tr', 3);
    expect(await browser.evaluate<string[]>(CUT_ENDS)).toEqual([]);
  });

  it('shows 10,000 tasks in less than a second', async () => {
    const { browser, desk } = await open(10_000, '');
    await shows(browser, '#tasks tr', 50);
    await browser.evaluate('performance.mark("seen")');
    const shownMs = await browser.evaluate<number>(
      `performance.getEntriesByName('seen')[0].startTime`,
    );
    expect(shownMs).toBeLessThan(1000);
    const { pending, failed } = desk.counts();
    const shown = await text(browser, '#n-waiting');
    expect(Number(shown.replaceAll(/\s/g, ''))).toBe(pending + failed);
  });
});

async function open(count: number, hash: string, theme: 'light' | 'dark' = 'light', width = 1200) {
  const { desk, url, close } = await openDesk();
  let isOpen = true;
  const closeOnce = async (): Promise<void> => {
    if (isOpen) await close();
    isOpen = false;
  };
  opened.push(closeOnce);
  await playDesk(desk, count);
  const size = { width, height: 900 };
  const browser = await Browser.start(program ?? '', size, { isOffline: false });
  opened.push(() => browser.close());
  await browser.theme(theme);
  await browser.open(`${url}/${hash}`);
  return { browser, desk, url, close: closeOnce };
}

function text(browser: Browser, selector: string): Promise<string> {
  return browser.evaluate(`document.querySelector('${selector}').textContent`);
}

function click(browser: Browser, selector: string): Promise<void> {
  return browser.evaluate(`document.querySelector('${selector}').click()`);
}

function shows(browser: Browser, selector: string, count: number): Promise<void> {
  return until(browser, `document.querySelectorAll('${selector}').length === ${count}`);
}

/** Waits in the page for a condition, looked at whenever anything in it has changed. */
function until(browser: Browser, condition: string): Promise<void> {
  return browser.evaluate(`new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(${JSON.stringify(condition)})), 10000);
    const look = () => {
      if (!(${condition})) return false;
      clearTimeout(patience);
      resolve();
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
    observer.observe(document, {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
  })`);
}

// The states in the table that are wider than their cells.
const CUT_STATES = `[...document.querySelectorAll('#tasks .state')]
  .filter((word) => word.getBoundingClientRect().right >
    word.parentElement.getBoundingClientRect().right)
  .map((word) => word.textContent)`;

// The ends of ids that are wider than their cells, or of no width.
const CUT_ENDS = `[...document.querySelectorAll('#tasks .id span:last-child')]
  .filter((end) => {
    const { left, right } = end.getBoundingClientRect();
    const cell = end.closest('td').getBoundingClientRect();
    return right > cell.right || left < cell.left || end.textContent.length < 8;
  })
  .map((end) => end.textContent)`;

// How much each colour of a word stands out from what is behind it, as WCAG counts it.
const CONTRASTS = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
    .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = {};
  for (const element of document.querySelectorAll('body *')) {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!words || !element.checkVisibility() || /STYLE|SCRIPT/.test(element.tagName)) continue;
    const [one, other] = [channels(getComputedStyle(element).color), behind(element)].map(light);
    const name = element.tagName + '.' + element.className;
    found[name] = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }
  return found;
})()`;
