/** One measured number, what it is compared with, and what it should reach. */
export interface Figure {
  /** What was measured. */
  readonly path: string;
  readonly value: number;
  readonly unit: Unit;
  /** The least that the same job can cost, measured in turn with it in the same run. */
  readonly bare?: Bare;
  /** Ours by the bare limit, the median over all rounds; 1 is as good. */
  readonly ratio?: number;
  readonly goals?: readonly Goal[];
  readonly note?: string;
}

export interface Bare {
  readonly path: string;
  readonly value: number;
}

export type Unit = '/s' | 'ms' | 'B' | 'MiB' | 'times';

export interface Goal {
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly below?: number;
}

/** Whether a figure reaches its goals; `undefined` when it has none. */
export function reaches(figure: Figure): boolean | undefined {
  if (figure.goals === undefined) return undefined;
  return figure.goals.every(({ of, atLeast = -Infinity, below = Infinity }) => {
    const measured = of === 'value' ? figure.value : (figure.ratio ?? NaN);
    return measured >= atLeast && measured < below;
  });
}

/** Measures one group of figures, in a process of its own. */
export type Suite = () => Promise<Figure[]>;
