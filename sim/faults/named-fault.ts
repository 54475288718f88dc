import type { Anchor, Fault, Plan } from '../plan.js';

/** A fault of a plan under a name that no other fault of the plan has. */
export interface NamedFault {
  readonly id: string;
  readonly fault: Fault;
}

/**
 * Names each fault by what it is, whom it is about and when it strikes, and not by where it stands
 * in the plan: a plan without it leaves the others their names, and with them all that they draw.
 */
export function namedFaults(plan: Plan): NamedFault[] {
  const seen = new Map<string, number>();
  return plan.faults.map((fault) => {
    const name = [fault.kind, whom(fault), when(fault)].filter((part) => part !== '').join(' ');
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return { id: nth === 1 ? name : `${name} #${nth}`, fault };
  });
}

function whom(fault: Fault): string {
  if ('node' in fault) return String(fault.node);
  if (fault.kind === 'clog') return `${fault.from}>${fault.to}`;
  if (fault.kind === 'flap') return fault.between.join('-');
  return '';
}

function when(fault: Fault): string {
  return 'atMs' in fault ? `at ${fault.atMs}` : `after ${anchorText(fault.after)}`;
}

function anchorText({ event, what, node, peer, nth = 1, plusMs = 0 }: Anchor): string {
  const ends = [node, peer].map((end) => (end === undefined ? '*' : String(end))).join('/');
  const late = plusMs === 0 ? '' : ` +${plusMs}`;
  return `${event} ${what ?? '*'} ${ends} ${nth}${late}`;
}
