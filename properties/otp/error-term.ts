import type { FailedStart } from '../../src/otp/supervision/kernel-effect.js';
import { BadCombinationError, InvalidChildSpecError } from '../../src/otp/child-spec.js';
import { InvalidOptionError } from '../../src/otp/option.js';
import {
  ChildNotFoundError,
  ChildStartError,
  ChildStateError,
  DuplicateChildError,
  InvalidSimpleOneForOneConfigError,
} from '../../src/otp/supervisor/supervisor-error.js';
import {
  type ExitReason,
  ProcessEndedError,
  ProcessKilledError,
} from '../../src/runtime/exit-reason.js';
import { toTerm, type Term } from './term.js';

/** The reason of an end as Erlang writes it. */
export function exitTerm(reason: ExitReason): Term {
  if (typeof reason === 'string') return reason;
  if ('error' in reason) return errorTerm(reason.error);
  const failed = reason.shutdown as Partial<FailedStart> | undefined;
  if (failed?.failure === undefined) return toTerm(reason);
  const why = failed.failure.kind === 'failed' ? exitTerm(failed.failure.reason) : 'held';
  return ['shutdown', ['failed_to_start_child', failed.id ?? null, why]];
}

/** An error of ours as the term that Erlang's supervisor ends or fails to start with. */
export function errorTerm(error: unknown): Term {
  if (error instanceof ChildStartError) {
    return ['shutdown', ['failed_to_start_child', error.childId, errorTerm(error.cause)]];
  }
  if (error instanceof ProcessKilledError) return 'killed';
  if (error instanceof ProcessEndedError) return exitTerm(error.reason);
  if (error instanceof DuplicateChildError) {
    return ['start_spec', ['duplicate_child_name', error.childId]];
  }
  if (error instanceof InvalidOptionError) {
    const [word, of] = optionTerm(error);
    return [of === 'supervisor' ? 'supervisor_data' : 'start_spec', word];
  }
  const spec = specTerm(error);
  return spec === undefined ? toTerm({ error: error as Error }) : ['start_spec', spec];
}

/** An error of ours as the term that a refused request is answered with. */
export function refusalTerm(error: unknown, nameOf: (id: string) => string | null): Term {
  if (error instanceof ChildNotFoundError) return 'not_found';
  if (error instanceof ChildStateError) return error.state;
  if (error instanceof InvalidSimpleOneForOneConfigError) return 'simple_one_for_one';
  if (error instanceof ChildStartError) return errorTerm(error.cause);
  if (error instanceof DuplicateChildError) {
    return error.ref === undefined ? 'already_present' : ['already_started', nameOf(error.ref.id)];
  }
  if (error instanceof InvalidOptionError) return optionTerm(error)[0];
  return specTerm(error) ?? errorTerm(error);
}

function specTerm(error: unknown): Term | undefined {
  if (error instanceof BadCombinationError) {
    const { setting } = error;
    const other = setting === 'never' ? ['auto_shutdown', setting] : ['restart', setting];
    return ['bad_combination', [other, ['significant', true]]];
  }
  return error instanceof InvalidChildSpecError ? 'invalid_child_spec' : undefined;
}

/** What is wrong with an option, and whose option it is. */
function optionTerm({ option, received }: InvalidOptionError): [Term, 'supervisor' | 'child'] {
  if (option === 'the id of a child') return ['missing_id', 'child'];
  const found = OPTIONS.find(([start]) => option.startsWith(start));
  if (found === undefined) return [option, 'child'];
  return [[found[1], received as Term], found[2]];
}

const OPTIONS: readonly (readonly [string, string, 'supervisor' | 'child'])[] = [
  ['restart of', 'invalid_restart_type', 'child'],
  ['significant of', 'invalid_significant', 'child'],
  ['shutdownTimeout of', 'invalid_shutdown', 'child'],
  ['strategy', 'invalid_strategy', 'supervisor'],
  ['restartIntensity.maxRestarts', 'invalid_intensity', 'supervisor'],
  ['restartIntensity.withinMs', 'invalid_period', 'supervisor'],
  ['autoShutdown', 'invalid_auto_shutdown', 'supervisor'],
];
