/** One step into a value: a property, an index, or a text such as `.keys()[0]` as it is. */
export type Step = string | number | { readonly text: string };

/** The way from the root of a value to one of its parts, as one would write it in code. */
export function trailText(root: string, steps: readonly Step[]): string {
  const texts = steps.map(stepText);
  if (texts.length > STEPS_SHOWN) {
    texts.splice(STEPS_SHOWN / 2, texts.length - STEPS_SHOWN, ' ... ');
  }
  return root + texts.join('');
}

function stepText(step: Step): string {
  if (typeof step === 'object') return step.text;
  if (typeof step === 'number') return `[${step}]`;
  return IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** What a part is, in words for a refusal. Looks at nothing that could throw. */
export function partText(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return `function ${nameOf(value)}`;
    case 'symbol':
      return `symbol ${value.description ?? ''}`.trim();
    case 'object':
      return value === null ? 'null' : objectText(value);
    default:
      return typeof value;
  }
}

function objectText(value: object): string {
  try {
    const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
    const made = prototype?.constructor;
    return typeof made === 'function'
      ? `an instance of ${nameOf(made)}`
      : 'an object with a prototype of its own';
  } catch {
    // A proxy that refuses to be looked at is described by just that.
    return 'an object that cannot be inspected';
  }
}

// A class may have a static member called `name`, and that member may be a getter.
function nameOf(made: object): string {
  const own = Object.getOwnPropertyDescriptor(made, 'name')?.value as unknown;
  return typeof own === 'string' && own !== '' ? own : '(anonymous)';
}

const STEPS_SHOWN = 24;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
