import { availableParallelism, cpus } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

export function machineLine({ cpu, cores, node, platform }: Machine): string {
  return `${cpu}, ${cores} cores, Node ${node}, ${platform}`;
}
