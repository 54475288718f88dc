import { beforeAll, describe, expect, it } from 'vitest';
import { tracedRun } from '../testing/traced-run.js';
import { type TracedRun, traceFileOf, traceFormatOf } from './trace-file.js';

describe('a trace file', () => {
  let run: TracedRun;
  beforeAll(async () => void (run = await tracedRun({ nodes: 3, kill: 1 })));

  it('gets its format from the end of its name', () => {
    const names = ['run.html', 'a.b.ndjson', 'x.shiviz', 'x.txt', 'html'];
    expect(names.map(traceFormatOf)).toEqual(['html', 'ndjson', 'shiviz', undefined, undefined]);
  });

  it('of NDJSON has a header, one line a record in order, and the verdict', () => {
    const lines = traceFileOf('ndjson', run).trimEnd().split('\n');
    const [header, ...rest] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const verdict = rest.pop();
    const { events, traceHash, config } = run.report;
    const nodes = config.nodes.map(({ id }) => id);
    expect(header).toMatchObject({ type: 'header', format: 1, seed: 7, traceHash, nodes });
    expect(header?.['plan']).toEqual(JSON.parse(JSON.stringify(config.plan)));
    expect(rest.map(({ event }) => event)).toEqual(Array.from({ length: events }, (_, at) => at));
    expect(new Set(rest.map(({ node }) => node))).toEqual(new Set(nodes));
    expect(verdict).toMatchObject({ type: 'verdict', events, verdict: run.summary.verdict.word });
  });

  it('of ShiViz is read by its own first line, and every clock ticks by one', () => {
    const [expression = '', empty, ...lines] = traceFileOf('shiviz', run).split('\n');
    expect(empty).toBe('');
    const events = [...lines.join('\n').matchAll(new RegExp(expression, 'g'))];
    expect(events).toHaveLength(run.report.entries.filter(({ node }) => node < 3).length);
    const own = new Map<string, number>();
    for (const { groups = {} } of events) {
      const clock = JSON.parse(groups['clock'] ?? '{}') as Record<string, number>;
      const host = groups['host'] ?? '';
      own.set(host, (own.get(host) ?? 0) + 1);
      expect(clock[host]).toBe(own.get(host));
      for (const [name, ticks] of Object.entries(clock)) {
        expect(ticks).toBeLessThanOrEqual(own.get(name) ?? 0);
      }
    }
    expect([...own.keys()].sort()).toEqual(['node1', 'node2', 'node3']);
  });

  it('of ShiViz knows at an arrival what its sender knew', () => {
    const { entries } = run.report;
    const [expression = '', , ...lines] = traceFileOf('shiviz', run).split('\n');
    const texts = [...lines.join('\n').matchAll(new RegExp(expression, 'g'))];
    const at = entries.findIndex(({ kind, frame }) => kind === 'frame' && frame === 'spawn');
    const sender = entries[at]?.peer ?? -1;
    const sent = entries.findIndex(({ message }) => message === entries[at]?.message);
    const ticks = entries.slice(0, sent + 1).filter(({ node }) => node === sender).length;
    const clock = JSON.parse(texts[at]?.groups?.['clock'] ?? '{}') as Record<string, number>;
    // Over another connection it may have heard of more.
    expect(clock[`node${sender + 1}`]).toBeGreaterThanOrEqual(ticks);
  });

  it('is the same text for the same run', async () => {
    const again = await tracedRun({ nodes: 3, kill: 1 });
    for (const format of ['html', 'ndjson', 'shiviz'] as const) {
      expect(traceFileOf(format, again)).toBe(traceFileOf(format, run));
    }
  });
});
