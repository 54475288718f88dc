import type { ReportData } from '../report-data.js';
import { element } from './element.js';

/** Verdict, seed, and the command that makes the run again. */
export function headerOf({ run, nodes, children }: ReportData, theme: HTMLElement): HTMLElement {
  const verdict = element('span', { class: `verdict ${run.verdict.toLowerCase()}` }, run.verdict);
  const seed = element('span', { class: 'seed' }, 'seed ', element('b', {}, `${run.seed}`));
  const size = `${nodes.length} nodes · ${children.length} children`;
  return element(
    'header',
    {},
    element('h1', {}, 'faultline'),
    verdict,
    seed,
    element('span', { class: 'size' }, size),
    replayBox(run.replay),
    theme,
  );
}

function replayBox(replay: string): HTMLElement {
  const copy = element('button', { type: 'button', title: 'Copy the command' }, 'Copy');
  const command = element('code', { tabindex: 0, title: replay }, replay);
  copy.addEventListener('click', () => {
    void copied(replay, command).then((isDone) => {
      copy.textContent = isDone ? 'Copied' : 'Press Ctrl+C';
      setTimeout(() => (copy.textContent = 'Copy'), 1500);
    });
  });
  return element('div', { class: 'replay' }, command, copy);
}

// A page from a file may be refused the clipboard; then the text is selected at least.
async function copied(text: string, command: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(command);
    return false;
  }
}
