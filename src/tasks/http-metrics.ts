import type { TaskMetrics } from './task-desk.js';
import { TASK_STATES } from './task.js';

/** What a coordinator counts, as Prometheus reads it. */
export function prometheusText(metrics: TaskMetrics): string {
  const states = TASK_STATES.map((state) => {
    return `faultline_tasks{state="${state}"} ${metrics.counts[state]}`;
  });
  return [
    '# HELP faultline_tasks Tasks by their present state.',
    '# TYPE faultline_tasks gauge',
    ...states,
    ...SINGLES.flatMap(({ name, type, help, field, perUnit = 1 }) => [
      `# HELP faultline_${name} ${help}`,
      `# TYPE faultline_${name} ${type}`,
      `faultline_${name} ${metrics[field] / perUnit}`,
    ]),
    '',
  ].join('\n');
}

interface Single {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly field: Exclude<keyof TaskMetrics, 'counts'>;
  readonly perUnit?: number;
}

function counter(name: string, field: Single['field'], help: string): Single {
  return { name: `${name}_total`, type: 'counter', help, field };
}

const SINGLES: readonly Single[] = [
  {
    name: 'workers_connected',
    type: 'gauge',
    help: 'Workers that are connected now.',
    field: 'workersConnected',
  },
  counter('tasks_added', 'added', 'Tasks that were taken.'),
  counter('tasks_handed_out', 'handedOut', 'Tries that were handed to workers.'),
  counter('tasks_completed', 'completed', 'Tasks that were completed.'),
  counter('tasks_failed', 'failed', 'Tries that failed.'),
  counter('tasks_dead_lettered', 'deadLettered', 'Tasks that were given up.'),
  counter('leases_lost', 'leasesLost', 'Leases that ran out or whose worker was lost.'),
  counter('results_refused', 'resultsRefused', 'Late and duplicate results.'),
  counter('tasks_refused', 'tasksRefused', 'Tasks that were refused because the queue was full.'),
  {
    name: 'uptime_seconds',
    type: 'gauge',
    help: 'How long the coordinator has been running.',
    field: 'uptimeMs',
    perUnit: 1000,
  },
];
