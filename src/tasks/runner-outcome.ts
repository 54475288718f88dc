import type { ProcessOutcome } from './runner-process.js';

/** How a process ended that was expected to do its work, as a sentence. */
export function outcomeText(name: string, outcome: ProcessOutcome): string {
  const { ended, code, signal, error } = outcome;
  switch (ended) {
    case 'timeout':
      return `${name} was not done in time and was killed`;
    case 'aborted':
      return `${name} was given up and killed`;
    case 'failed':
      return `${name} could not be started: ${error?.message ?? 'no reason given'}`;
    case 'exit':
      return `${name} ended with ${signal === null ? `code ${code ?? 'none'}` : signal}`;
  }
}

/** Whether V8 ended it for want of memory: it aborts then, and hardly ever for another reason. */
export function isOutOfMemory({ code, signal, log }: ProcessOutcome): boolean {
  return signal === 'SIGABRT' || code === ABORTED || /heap out of memory/.test(log);
}

const ABORTED = 134;
