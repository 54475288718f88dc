/** How long the workload waits for an answer. */
export const CALL_TIMEOUT_MS = 2000;

/** What tells errors apart in a trace: texts differ between versions of Node. */
export function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'error';
}
