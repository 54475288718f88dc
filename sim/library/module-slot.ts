/** Stands where the module under test goes: the bundle for the nodes has that one in its place. */
export const setup = undefined;
