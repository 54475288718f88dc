import { describe, expect, test } from 'vitest';
import type { ChildPolicy } from './child-policy.js';
import { ChildTable } from './child-table.js';

function spec(id: string, significant = false): ChildPolicy {
  return { id, restart: 'permanent', shutdown: 5000, significant };
}

function idsOf(table: ChildTable<ChildPolicy, string>): string[] {
  return Array.from(table, (child) => child.spec.id);
}

test('children keep the order they were added in, wherever one is removed', () => {
  const table = new ChildTable<ChildPolicy, string>();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => table.add(spec(id)));
  table.remove(b!);
  expect(idsOf(table)).toEqual(['a', 'c', 'd']);
  table.remove(a!);
  table.remove(d!);
  expect(idsOf(table)).toEqual(['c']);
  expect(table.first).toBe(c);
  table.remove(c!);
  expect(table.first).toBeUndefined();
});

test('a child that is removed and added again goes to the end', () => {
  const table = new ChildTable<ChildPolicy, string>();
  const first = table.add(spec('a'));
  table.add(spec('b'));
  table.remove(first);
  const again = table.add(spec('a'));
  expect(idsOf(table)).toEqual(['b', 'a']);
  expect(again.position).toBeGreaterThan(table.get('b')!.position);
});

test('a walk goes on when the child it stands on is removed', () => {
  const table = new ChildTable<ChildPolicy, string>();
  for (const id of ['a', 'b', 'c']) table.add(spec(id));
  const seen: string[] = [];
  for (const child of table) {
    seen.push(child.spec.id);
    table.remove(child);
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(table.size).toBe(0);
});

test('an empty table counts nothing', () => {
  const table = new ChildTable<ChildPolicy, string>();
  const statuses = [
    'stopped',
    'pending',
    'starting',
    'running',
    'stopping',
    'restarting',
    'waiting',
  ] as const;
  for (const status of statuses) expect(table.count(status)).toBe(0);
});

test('the counts follow every change of status', () => {
  const table = new ChildTable<ChildPolicy, string>();
  const a = table.add(spec('a', true));
  table.add(spec('b'));
  expect([table.count('stopped'), table.significantActive]).toEqual([2, 0]);
  table.setStatus(a, 'restarting');
  expect([table.count('stopped'), table.significantActive]).toEqual([1, 1]);
  table.remove(a);
  expect([table.count('restarting'), table.count('stopped')]).toEqual([0, 1]);
  expect(table.significantActive).toBe(0);
});

describe('what was touched since it was last asked', () => {
  function watched(...ids: string[]) {
    const table = new ChildTable<ChildPolicy, string>();
    for (const id of ids) table.add(spec(id));
    expect(table.takeTouched().size).toBe(0);
    const touched = (): string[] =>
      Array.from(table.takeTouched(), ([id, { wasRemoved }]) => (wasRemoved ? `${id}, anew` : id));
    return { table, touched };
  }

  test('is told once', () => {
    const { table, touched } = watched('a', 'b');
    table.setStatus(table.get('b')!, 'running');
    table.setStatus(table.get('b')!, 'stopping');
    expect(touched()).toEqual(['b']);
    expect(touched()).toEqual([]);
  });

  test('is every child that was added, changed or removed', () => {
    const { table, touched } = watched('a', 'b', 'c');
    table.add(spec('d'));
    table.setStatus(table.get('b')!, 'pending');
    table.remove(table.get('a')!);
    expect(touched()).toEqual(['d', 'b', 'a, anew']);
  });

  test('says of a child that came again that it was gone, whatever came of it since', () => {
    const { table, touched } = watched('a', 'b');
    table.remove(table.get('a')!);
    table.setStatus(table.add(spec('a')), 'running');
    expect(touched()).toEqual(['a, anew']);
  });

  test('does not say that a new child was gone', () => {
    const { table, touched } = watched();
    table.setStatus(table.add(spec('a')), 'running');
    expect(touched()).toEqual(['a']);
  });

  test('is told in the order of the children, where they were added', () => {
    const { table, touched } = watched('a', 'b');
    table.remove(table.get('a')!);
    table.add(spec('c'));
    table.add(spec('a'));
    expect(touched()).toEqual(['c', 'a, anew']);
    expect(idsOf(table)).toEqual(['b', 'c', 'a']);
  });
});
