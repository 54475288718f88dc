/**
 * How deep a value may nest. Both sides recurse through it, and a stack has an end: past this
 * depth a value is refused with its path rather than by an overflow somewhere inside.
 */
export const DEPTH_MAX = 1000;

/**
 * How many items the containers of one value may hold together. More than this does not fit in a
 * frame anyway; the limit spares the sender from walking `new Array(2 ** 32 - 1)`.
 */
export const ITEMS_MAX = 2 ** 24;
