import { InvalidTaskError } from './task-error.js';

/** The part of Standard Schema that checks a value: what schemas of any library have. */
export interface StandardSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => Outcome | Promise<Outcome>;
  };
}

/** The value as the schema gives it back. Throws InvalidTaskError, which names the first field. */
export async function checkedBy(
  schema: StandardSchema,
  what: 'the task' | 'the result',
  value: unknown,
): Promise<unknown> {
  const outcome = await schema['~standard'].validate(value);
  if (outcome.issues === undefined) return outcome.value;
  const [issue] = outcome.issues;
  const keys = (issue?.path ?? []).map((step) => {
    return String(typeof step === 'object' ? step.key : step);
  });
  const field = keys.length === 0 ? what : `${keys.join('.')} of ${what}`;
  throw new InvalidTaskError(
    field,
    `right (${issue?.message ?? 'no reason given'})`,
    at(value, keys),
    what === 'the result' ? 'the try has failed' : undefined,
  );
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => {
    return (inner as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  }, value);
}

type Outcome =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
