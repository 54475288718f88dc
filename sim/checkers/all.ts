import type { CheckerFactory } from './checker.js';

/** Every checker that a run can ask for by name: names cross threads, functions do not. */
export const checkerFactories: Readonly<Record<string, CheckerFactory>> = {};
