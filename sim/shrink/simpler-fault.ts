import type { Anchor, Fault, Heal } from '../plan.js';

/** Simpler faults that may do the same, the simplest first. None of them is this one. */
export function simplerFaults(fault: Fault): Fault[] {
  return [...without(fault), ...shorter(fault), ...fewerNodes(fault), ...earlier(fault)];
}

/** Simpler ends of the faults, down to none. */
export function simplerHeals(heal: Heal, lastFaultMs: number): (Heal | undefined)[] {
  const heals: (Heal | undefined)[] = [undefined];
  if (heal.core !== undefined) heals.push({ atMs: heal.atMs });
  for (const atMs of [lastFaultMs, lastFaultMs + 1000, rounded(heal.atMs)]) {
    if (atMs < heal.atMs) heals.push({ ...heal, atMs });
  }
  return heals;
}

type Fields = Readonly<Record<string, unknown>>;

// The union of all faults is no help where any field of any of them may go.
function changed(fault: Fault, fields: Fields): Fault {
  const entries = Object.entries({ ...fault, ...fields });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as Fault;
}

function without(fault: Fault): Fault[] {
  const fields = fault as unknown as Fields;
  const some = BETWEEN_ANY.has(fault.kind) ? [...OPTIONAL, ...(['from', 'to'] as const)] : OPTIONAL;
  const optional = some.filter((name) => fields[name] !== undefined);
  // A datagram fault that does nothing, or a clock that stays right, is none.
  const acts = ACTS.filter((name) => fields[name] !== undefined);
  const droppable = [...optional, ...(acts.length > 1 ? acts : [])];
  const simpler = droppable.map((name) => changed(fault, { [name]: undefined }));
  if (fault.kind === 'crash' && fault.mode === 'silent') {
    simpler.push(changed(fault, { mode: 'closes' }));
  }
  if (fault.kind === 'frame-loss') {
    if (fault.probability < 1) simpler.push({ ...fault, probability: 1 });
    if (fault.frames.length > 1) {
      for (const frames of onesLess(fault.frames)) simpler.push({ ...fault, frames });
    }
  }
  if ('after' in fault) {
    for (const after of simplerAnchors(fault.after)) simpler.push(changed(fault, { after }));
  }
  return simpler;
}

function simplerAnchors(anchor: Anchor): Anchor[] {
  const names = (['plusMs', 'peer', 'node'] as const).filter((name) => anchor[name] !== undefined);
  const simpler = names.map((name) => {
    const entries = Object.entries(anchor).filter(([field]) => field !== name);
    return Object.fromEntries(entries) as unknown as Anchor;
  });
  return (anchor.nth ?? 1) > 1 ? [{ ...anchor, nth: 1 }, ...simpler] : simpler;
}

function shorter(fault: Fault): Fault[] {
  if (!('forMs' in fault)) return [];
  const { forMs } = fault;
  const spans = [forMs / 8, forMs / 2, (forMs * 3) / 4].map(rounded);
  return [...new Set(spans)]
    .filter((span) => span > 0 && span < forMs)
    .map((span) => changed(fault, { forMs: span }));
}

function fewerNodes(fault: Fault): Fault[] {
  if (fault.kind === 'partition') {
    const { groups } = fault;
    const smaller = groups.flatMap((group, at) =>
      group.length < 2
        ? []
        : onesLess(group).map((less) => groups.map((kept, n) => (n === at ? less : kept))),
    );
    const fewer = groups.length > 2 ? onesLess(groups) : [];
    return [...fewer, ...smaller].map((less) => ({ ...fault, groups: less }));
  }
  if (fault.kind === 'cut') {
    if (fault.pairs.length < 2) return [];
    return onesLess(fault.pairs).map((pairs) => ({ ...fault, pairs }));
  }
  if (!('from' in fault) || typeof fault.from === 'number') return [];
  return (['from', 'to'] as const).flatMap((name) => {
    const nodes = fault[name] as readonly number[] | undefined;
    if (nodes === undefined || nodes.length < 2) return [];
    return onesLess(nodes).map((less) => changed(fault, { [name]: less }));
  });
}

function earlier(fault: Fault): Fault[] {
  if (!('atMs' in fault)) return [];
  const atMs = rounded(fault.atMs);
  return atMs === fault.atMs ? [] : [changed(fault, { atMs })];
}

function onesLess<T>(items: readonly T[]): T[][] {
  return items.map((_, at) => items.filter((_item, n) => n !== at));
}

// Short numbers are easier to read; a second or a tenth of one is short.
function rounded(ms: number): number {
  const step = ms >= 2000 ? 1000 : ms >= 200 ? 100 : 1;
  return Math.floor(ms / step) * step;
}

const OPTIONAL = ['restartAfterMs', 'afterOutputs'] as const;
// Where nobody is named, everybody is meant.
const BETWEEN_ANY: ReadonlySet<string> = new Set(['frame-loss', 'latency', 'datagram']);
const ACTS = ['jumpMs', 'driftPpm', 'ratePpm', 'drop', 'duplicate', 'reorder', 'corrupt'] as const;
