import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FaultlineError, describe as tell, reviveError, toError } from './errors.js';

class LostError extends FaultlineError {
  static readonly code: string = 'ERR_LOST';
  override readonly name = 'LostError';
  readonly code = 'ERR_LOST';

  constructor(
    readonly nodeId: string,
    options?: ErrorOptions,
  ) {
    super(`lost ${nodeId}`, options);
  }
}

/** What another bundle makes of the same class. */
class LostErrorElsewhere extends FaultlineError {
  static readonly code = 'ERR_LOST';
  override readonly name = 'LostError';
  readonly code = LostErrorElsewhere.code;
}

class OtherError extends FaultlineError {
  static readonly code = 'ERR_OTHER';
  override readonly name = 'OtherError';
  readonly code = OtherError.code;
}

describe('FaultlineError', () => {
  it('is an Error with a name, a code, a cause and a stack', () => {
    const cause = new Error('socket closed');
    const error = new LostError('a@b:1', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'LostError', code: 'ERR_LOST', nodeId: 'a@b:1', cause });
    expect(error.stack).toContain('lost a@b:1');
  });

  it('is an instance of every copy of its class', () => {
    expect(new LostErrorElsewhere('lost') instanceof LostError).toBe(true);
    expect(new LostError('a@b:1') instanceof LostErrorElsewhere).toBe(true);
    expect(new LostError('a@b:1') instanceof FaultlineError).toBe(true);
  });

  it('is no instance of a class with another code', () => {
    expect(new LostError('a@b:1') instanceof OtherError).toBe(false);
  });

  it('is not faked by a plain object or an error with the same code', () => {
    const plain = Object.assign(new Error('lost'), { code: 'ERR_LOST' });
    for (const value of [plain, { code: 'ERR_LOST' }, null, undefined, 'ERR_LOST', 7]) {
      expect((value as unknown) instanceof LostError).toBe(false);
      expect((value as unknown) instanceof FaultlineError).toBe(false);
    }
  });
});

describe('reviveError', () => {
  it('rebuilds an error that is an instance of its class', () => {
    const fields = { name: 'LostError', code: 'ERR_LOST', nodeId: 'a@b:1' };
    const revived = reviveError(LostError, 'lost a@b:1', fields);
    expect(revived instanceof LostError).toBe(true);
    expect(revived).toBeInstanceOf(Error);
    expect(revived.message).toBe('lost a@b:1');
    expect(revived).toMatchObject(fields);
  });

  it('needs only the fields that the class does not know by itself', () => {
    const revived = reviveError(LostError, 'lost a@b:1', { nodeId: 'a@b:1' });
    expect(revived instanceof LostError).toBe(true);
    expect(revived).toMatchObject({ name: 'LostError', code: 'ERR_LOST', nodeId: 'a@b:1' });
  });

  it('runs no constructor', () => {
    let ran = false;
    class Loud extends FaultlineError {
      static readonly code = 'ERR_LOUD';
      readonly code = Loud.code;

      constructor() {
        super('loud');
        ran = true;
      }
    }
    reviveError(Loud, 'quiet', {});
    expect(ran).toBe(false);
  });

  it('takes a field called __proto__ as data', () => {
    const fields = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    const revived = reviveError(LostError, 'lost', fields);
    expect(Object.getPrototypeOf(revived)).toBe(LostError.prototype);
    expect('polluted' in revived).toBe(false);
  });
});

describe('toError', () => {
  it('gives an error as it is, from whichever realm', () => {
    const own = new TypeError('own');
    const foreign: unknown = runInNewContext(`new RangeError('foreign')`);
    expect(foreign instanceof Error).toBe(false);
    expect(toError(own)).toBe(own);
    expect(toError(foreign)).toBe(foreign);
  });

  it('keeps what was thrown as the cause', () => {
    expect(toError('boom')).toMatchObject({ message: 'boom', cause: 'boom' });
    const thrown = { code: 7 };
    expect(toError(thrown).cause).toBe(thrown);
    expect(toError(undefined)).toBeInstanceOf(Error);
    expect(toError(null).message).toBe('thrown: null');
  });
});

describe('describe', () => {
  it.each([
    ['a "b"', '"a \\"b\\""'],
    [7n, '7n'],
    [NaN, 'NaN'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 2], 'an array of 2'],
    [{ a: 1, b: 2 }, 'an object with keys a, b'],
    [{}, 'an object with keys (none)'],
    [new Map(), 'a Map'],
    [Object.create(null), 'an object with keys (none)'],
    [Object.create({ constructor: undefined }), 'an object with keys (none)'],
    [Object.create(Object.create(null) as object), 'an object with keys (none)'],
  ])('tells what value %# is', (value: unknown, text) => {
    expect(tell(value)).toBe(text);
  });

  it('names a function', () => {
    expect(tell(parseInt)).toBe('function parseInt');
    expect(tell(() => 1)).toBe('function (anonymous)');
  });
});
