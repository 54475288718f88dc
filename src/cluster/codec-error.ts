import { FaultlineError } from '../base/errors.js';

/** Which way a value was going when it could not cross. */
export type SerializationOperation = 'serialize' | 'deserialize';

/**
 * A value that cannot be sent, or bytes that are no value.
 *
 * On `serialize` nothing was sent, and `path` says where in the value the culprit is. On
 * `deserialize` the bytes came from another version of faultline, or from somebody else.
 */
export class MessageSerializationError extends FaultlineError {
  static readonly code = 'ERR_MESSAGE_SERIALIZATION';
  override readonly name = 'MessageSerializationError';
  readonly code = MessageSerializationError.code;

  constructor(
    readonly operation: SerializationOperation,
    message: string,
    cause: unknown,
    /** Where the culprit is, such as `args[0].user.save`; undefined when it is no single part. */
    readonly path?: string,
  ) {
    super(message, { cause });
  }
}
