declare const brand: unique symbol;

/** A value of `T` that was parsed and may be trusted: the only way to get one is its parser. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
