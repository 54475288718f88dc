import type { GenServerBehavior } from '../../src/otp/behavior.js';

/** The server of the local suites: adds up casts, answers calls with what it was sent. */
export const adder = {
  init: () => 0,
  handleCall: (message: number, sum: number) => [message, sum] as const,
  handleCast: (by: number, sum: number) => sum + by,
} satisfies GenServerBehavior<number, number, number, number>;
