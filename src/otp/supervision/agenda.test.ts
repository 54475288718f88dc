import { expect, test } from 'vitest';
import { Agenda } from './agenda.js';
import type { ChildPolicy } from './child-policy.js';
import { Child, type ChildStatus } from './child.js';

function child(position: number, status: ChildStatus): Child<ChildPolicy, string> {
  const spec = {
    id: `c${position}`,
    restart: 'permanent',
    shutdown: 0,
    significant: false,
  } as const;
  const made = new Child<ChildPolicy, string>(spec, position);
  made.status = status;
  return made;
}

test('stops come from the last child to the first, starts from the first to the last', () => {
  const agenda = new Agenda<ChildPolicy, string>();
  for (const position of [2, 0, 1]) {
    const stopping = child(position, 'running');
    stopping.fate = 'stop';
    agenda.planStop(stopping);
    agenda.planStart(child(position, 'pending'));
  }
  const stops = [agenda.nextStop(), agenda.nextStop(), agenda.nextStop()];
  const starts = [agenda.nextStart(), agenda.nextStart(), agenda.nextStart()];
  expect(stops.map((one) => one?.position)).toEqual([2, 1, 0]);
  expect(starts.map((one) => one?.position)).toEqual([0, 1, 2]);
});

test('a child that has moved on since it was planned is skipped', () => {
  const agenda = new Agenda<ChildPolicy, string>();
  const moved = child(0, 'pending');
  agenda.planStart(moved);
  agenda.planStart(child(1, 'pending'));
  moved.status = 'stopped';
  expect(agenda.nextStart()?.position).toBe(1);
  expect(agenda.nextStart()).toBeUndefined();
});

test('a stop that was planned is skipped once the child is on its way down or up again', () => {
  const agenda = new Agenda<ChildPolicy, string>();
  const [last, stopping, upAgain] = [
    child(0, 'running'),
    child(1, 'stopping'),
    child(2, 'running'),
  ];
  for (const one of [last, stopping, upAgain]) {
    one.fate = 'restart';
    agenda.planStop(one);
  }
  upAgain.fate = undefined;
  expect(agenda.nextStop()?.position).toBe(0);
  expect(agenda.nextStop()).toBeUndefined();
});
