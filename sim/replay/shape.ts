/** A value is not what it should be; `path` leads to it from the root. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';

  constructor(
    readonly path: string,
    readonly expected: string,
    readonly got: unknown,
  ) {
    super(`${path === '' ? 'the file' : path}: expected ${expected}, got ${shown(got)}`);
  }
}

/** Checks a value at a path; throws {@link ShapeError}. */
export type Shape = (value: unknown, path: string) => void;

export const anything: Shape = () => undefined;

export const text: Shape = (value, path) => {
  if (typeof value !== 'string') throw new ShapeError(path, 'a text', value);
};

export function number(min = -Infinity, max = Infinity): Shape {
  const from = min === -Infinity ? '' : ` from ${min}`;
  const range = max === Infinity ? (from === '' ? '' : `${from} on`) : `${from} to ${max}`;
  return (value, path) => {
    const isInside = typeof value === 'number' && value >= min && value <= max;
    if (!isInside || !Number.isFinite(value)) {
      throw new ShapeError(path, `a number${range}`, value);
    }
  };
}

export function whole(min = -Infinity, max = Infinity): Shape {
  const check = number(min, max);
  return (value, path) => {
    check(value, path);
    if (!Number.isSafeInteger(value)) throw new ShapeError(path, 'a whole number', value);
  };
}

export function oneOf(...choices: readonly unknown[]): Shape {
  const names = choices.map(shown).join(', ');
  return (value, path) => {
    if (choices.includes(value)) return;
    throw new ShapeError(path, choices.length === 1 ? names : `one of ${names}`, value);
  };
}

export function listOf(item: Shape, min = 0, max = Infinity): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, 'a list', value);
    if (value.length < min || value.length > max) {
      const size = min === max ? `${min}` : max === Infinity ? `${min} or more` : `${min}-${max}`;
      throw new ShapeError(path, `a list of ${size}`, value);
    }
    for (const [at, one] of value.entries()) item(one, `${path}[${at}]`);
  };
}

/** An object with these fields; those of `optional` may be absent. More fields do no harm. */
export function object(
  fields: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  return (value, path) => {
    const record = recordOf(value, path);
    for (const [name, check] of Object.entries(fields)) check(record[name], join(path, name));
    for (const [name, check] of Object.entries(optional)) {
      if (record[name] !== undefined) check(record[name], join(path, name));
    }
  };
}

/** An object whose fields follow from its `kind`. */
export function byKind(kinds: Readonly<Record<string, Shape>>): Shape {
  const kind = oneOf(...Object.keys(kinds));
  return (value, path) => {
    const record = recordOf(value, path);
    kind(record['kind'], join(path, 'kind'));
    kinds[record['kind'] as string]?.(value, path);
  };
}

/** All of these. */
export function both(...shapes: readonly Shape[]): Shape {
  return (value, path) => {
    for (const shape of shapes) shape(value, path);
  };
}

export function recordOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ShapeError(path, 'an object', value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? typeof value;
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}...` : json;
}

const SHOWN_MAX = 40;
