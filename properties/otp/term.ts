import type { ExitReason } from '../../src/runtime/exit-reason.js';

/** An Erlang term as the traces write it: an atom is a string, a tuple is an array. */
export type Term =
  string | number | boolean | null | readonly Term[] | { readonly [key: string]: Term };

/** An abnormal reason that is a term and not an error. */
class TermError extends Error {
  override readonly name = 'TermError';

  constructor(readonly term: Term) {
    super(JSON.stringify(term));
  }
}

/** The error that stands for an abnormal reason. */
export function termError(term: Term): Error {
  return new TermError(term);
}

export function toReason(term: Term): ExitReason {
  if (term === 'normal' || term === 'shutdown' || term === 'killed') return term;
  if (Array.isArray(term) && term.length === 2 && term[0] === 'shutdown') {
    return { shutdown: term[1] };
  }
  return { error: termError(term) };
}

export function toTerm(reason: ExitReason): Term {
  if (typeof reason === 'string') return reason;
  if ('shutdown' in reason) return ['shutdown', reason.shutdown as Term];
  return reason.error instanceof TermError ? reason.error.term : reason.error.message;
}
