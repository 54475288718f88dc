throw new Error('this module does not load');

export function never(): void {
  // It is never called.
}
