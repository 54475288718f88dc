import { expect, test } from 'vitest';
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
