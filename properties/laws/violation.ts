/** What a law says when it is broken; `undefined` when it holds. */
export function violationOf(law: () => void): string | undefined {
  try {
    law();
    return undefined;
  } catch (failure) {
    const { cause } = failure as Error;
    return cause instanceof Error ? cause.message : String(failure);
  }
}
