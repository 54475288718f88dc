import { describe, expect, it } from 'vitest';
import { FaultlineError } from '../base/errors.js';
import { ErrorClasses } from '../runtime/error-classes.js';
import { Codec } from './codec.js';
import { MessageSerializationError } from './codec-error.js';

describe('an error', () => {
  class LimitError extends FaultlineError {
    static readonly code = 'ERR_LIMIT';
    override readonly name = 'LimitError';
    readonly code = LimitError.code;
    constructor(
      readonly limit: number,
      cause: unknown,
    ) {
      super(`over ${limit}`, { cause });
    }
  }
  const typed = new Codec({ errorClasses: new ErrorClasses([LimitError]) });

  it('keeps class, name, message, code, fields and cause', () => {
    const cause = Object.assign(new RangeError('disk'), { code: 'ENOSPC', errno: -28 });
    const read = typed.decode(typed.encode(new LimitError(3, cause))) as LimitError;
    expect(read).toBeInstanceOf(LimitError);
    expect(Object.keys(read).sort()).toEqual(['code', 'limit', 'name']);
    expect(read).toMatchObject({ name: 'LimitError', code: 'ERR_LIMIT', limit: 3 });
    expect(read.message).toBe('over 3');
    expect(read.cause).toBeInstanceOf(RangeError);
    expect(read.cause).toMatchObject({ message: 'disk', code: 'ENOSPC', errno: -28 });
  });

  it('of a class that the receiver does not know is an Error that looks the same', () => {
    const read = codec.decode(typed.encode(new LimitError(3, undefined))) as LimitError;
    expect(read).not.toBeInstanceOf(LimitError);
    expect(read).toBeInstanceOf(Error);
    expect(read).toMatchObject({ name: 'LimitError', code: 'ERR_LIMIT', limit: 3 });
  });

  it('of a class of the user is the nearest built-in one under its own name', () => {
    class HttpError extends TypeError {
      override get name() {
        return 'HttpError';
      }
      status = 404;
    }
    const read = echo(new HttpError('gone'));
    expect(read).toBeInstanceOf(TypeError);
    expect(read).toMatchObject({ name: 'HttpError', message: 'gone', status: 404 });
    expect(Object.keys(read)).toEqual(['status']);
  });

  it('never carries its stack', () => {
    const error = new Error('at home');
    const text = Buffer.from(codec.encode(error)).toString('latin1');
    expect(text).not.toContain('codec.test');
    expect(echo(error).stack).toBe('Error: at home');
  });

  it('may hold errors, itself among them', () => {
    const all: AggregateError & { self?: unknown } = new AggregateError(
      [new SyntaxError('x')],
      'all',
    );
    all.self = all;
    all.cause = all;
    const read = echo(all);
    expect(read).toBeInstanceOf(AggregateError);
    expect(read.errors[0]).toBeInstanceOf(SyntaxError);
    expect(read.self).toBe(read);
    expect(read.cause).toBe(read);
  });

  it('of an abort keeps its name and code', () => {
    const read = echo(AbortSignal.abort().reason as Error);
    expect(read).toMatchObject({ name: 'AbortError', code: 20 });
    expect(read.message).toContain('abort');
  });

  it('about a message crosses itself', () => {
    const refusal = thrownBy(() => codec.encode({ f: () => 1 }));
    const read = echo(refusal);
    expect(read).toBeInstanceOf(MessageSerializationError);
    expect(read).toMatchObject({ operation: 'serialize', path: 'message.f' });
  });
});

const codec = new Codec();

function echo<Value>(value: Value): Value {
  return codec.decode(codec.encode(value)) as Value;
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('expected it to throw');
}
