import type { RecoveryLine } from '../report-data.js';
import { element } from './element.js';
import { spanText } from './time-text.js';

/** How long lost children were away: columns of equal width, with the median and the tail named. */
export function recoveryHistogram(recoveries: readonly RecoveryLine[]): HTMLElement {
  const tookUs = recoveries.map(({ crashedUs, startedUs }) => startedUs - crashedUs);
  tookUs.sort((left, right) => left - right);
  const most = tookUs.at(-1) ?? 0;
  const stepUs = binUs(most);
  const bins = Math.max(1, Math.floor(most / stepUs) + 1);
  const counts = Array.from({ length: bins }, () => 0);
  for (const us of tookUs) {
    const bin = Math.floor(us / stepUs);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const highest = Math.max(...counts);
  const columns = counts.map((count, bin) => {
    const span = `${spanText(bin * stepUs)} to ${spanText((bin + 1) * stepUs)}: ${count}`;
    const fill = element('span', { style: `height:${(count / highest) * 100}%` });
    return element('span', { class: 'column', title: span }, fill);
  });
  const label = `Recovery times of ${recoveries.length} children, in steps of ${spanText(stepUs)}`;
  const chart = element(
    'div',
    { class: 'histogram', role: 'img', 'aria-label': label },
    ...columns,
  );
  const ends = element(
    'div',
    { class: 'ends' },
    element('span', {}, '0'),
    element('span', {}, spanText(bins * stepUs)),
  );
  const [median, slow] = [percentile(tookUs, 0.5), percentile(tookUs, 0.99)];
  const tail = `p50 ${spanText(median)} · p99 ${spanText(slow)}`;
  return element('div', {}, chart, ends, element('p', { class: 'figures' }, tail));
}

function binUs(mostUs: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, mostUs / BINS)));
  return ([1, 2, 5, 10].find((times) => times * power * BINS >= mostUs) ?? 10) * power;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const BINS = 14;
