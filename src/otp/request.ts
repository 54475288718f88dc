import type { Address } from '../runtime/address.js';
import type { GenServerRef } from './behavior.js';
import type { CallOptions } from './call.js';

declare const replied: unique symbol;

/**
 * A call message that names the type of its own reply.
 *
 * When the messages of a behaviour extend it, each `call` has the reply type of the message that it
 * was given; messages that do not are all answered with the behaviour's `CallReply`.
 *
 * ```ts
 * interface Get extends Request<number> { readonly type: 'get' }
 * interface Rename extends Request<string> { readonly type: 'rename'; readonly to: string }
 * type Behavior = GenServerBehavior<State, Get | Rename, Cast>;
 * ```
 */
export interface Request<Reply> {
  /** Never there at run time. */
  readonly [replied]?: [Reply];
}

/** The reply that `Message` names, or any of several messages; `unknown` when it names none. */
export type ReplyOf<Message> = IsAny<Message> extends true ? unknown : NamedReply<Message>;

/**
 * The forms of a call. The reply's type follows from the message, or from the ref; or it is named,
 * `call<Reply>(ref, message)`, and then the message is not checked.
 */
export interface CallFunction {
  <State, CallMsg, CastMsg, CallReply>(
    ref: GenServerRef<State, CallMsg, CastMsg, CallReply>,
    message: Unnamed<CallMsg>,
    options?: CallOptions,
  ): Promise<CallReply>;
  <State, CallMsg, CastMsg, CallReply, const Message extends Asked<CallMsg> = Asked<CallMsg>>(
    ref: GenServerRef<State, CallMsg, CastMsg, CallReply>,
    message: Message,
    options?: CallOptions,
  ): Promise<ReplyAmong<CallMsg, Message>>;
  <Reply = typeof unnamed>(
    ref: Address,
    message: Untyped<Reply>,
    options?: CallOptions,
  ): Promise<Reply>;
}

/** What may be given where messages name no replies. */
export type Unnamed<Message> = NamesReplies<Message> extends true ? never : Message;

/** Any message, where the type of the reply was named; none where it was not. */
export type Untyped<Reply> = Reply extends typeof unnamed ? never : unknown;

/**
 * What may be given for messages that name their replies. A literal is inferred as a constant,
 * whose arrays are readonly, so those of the message are taken as readonly too.
 */
export type Asked<Message> = NamesReplies<Message> extends true ? AsConstant<Message> : never;

type AsConstant<Message> = Message extends object
  ? {
      readonly [Key in keyof Message]: Message[Key] extends readonly (infer Item)[]
        ? readonly Item[]
        : Message[Key];
    }
  : Message;

/** The replies of those of `Messages` that `Message` is. */
export type ReplyAmong<Messages, Message> = Message extends unknown
  ? Messages extends unknown
    ? Message extends AsConstant<Messages>
      ? ReplyOf<Messages>
      : never
    : never
  : never;

type NamedReply<Message> = Message extends unknown
  ? typeof replied extends keyof Message
    ? Message extends { readonly [replied]?: [infer Reply] }
      ? Reply
      : unknown
    : unknown
  : never;

/** Whether any of `Messages` names its reply. */
type NamesReplies<Messages> =
  IsAny<Messages> extends true
    ? false
    : true extends (
          Messages extends unknown ? (typeof replied extends keyof Messages ? true : false) : never
        )
      ? true
      : false;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** Stands for a reply's type that was not named. */
export declare const unnamed: unique symbol;
