// Fragments of programs, and how each becomes a program that can be compiled.

/** Writes around a fragment what it leaves out. */
export type Wrapping = (fragment: string) => string;

const MODULE = '\nexport {};\n';

/** The whole program as it is. */
export const whole: Wrapping = (fragment) => `${fragment}${MODULE}`;

/** Statements that use what is declared before them. */
export function after(declared: string): Wrapping {
  return (fragment) => `${declared}\n${fragment}${MODULE}`;
}

/** A member of an object, or an object, as the value of this declaration: `const x = {`, `};`. */
export function inside(declared: string, end: string): Wrapping {
  return (fragment) => `${declared}\n${fragment}\n${end}${MODULE}`;
}

/**
 * The declaration of a type that we have too. Given as `taken`, ours takes whatever theirs allows;
 * as `given`, ours has all that theirs promises.
 */
export function typeOfOurs(
  name: string,
  {
    as,
    declared = '',
    kind = '',
  }: { as: readonly Use[]; declared?: string; kind?: 'declare' | '' },
): Wrapping {
  const uses = {
    taken: `export const taken = (theirs: ${name}): ours.${name} => theirs;`,
    given: `export const given = (own: ours.${name}): ${name} => own;`,
  };
  return (fragment) =>
    `import type * as ours from 'faultline';\n${declared}\n${kind} ${fragment.trimStart()}
    ${as.map((use) => uses[use]).join('\n')}`;
}

export type Use = 'taken' | 'given';

/** The signature of a method of this facade of ours. */
export function methodOf(facade: string, declared: string): Wrapping {
  return (fragment) =>
    `import { ${facade} } from 'faultline';\n${declared}
    class Printed { ${fragment} { throw new Error('never called'); } }
    export const own: Pick<Printed, keyof Printed> = ${facade};`;
}
