/**
 * The object that a package.json or tsconfig.json holds, which may have comments and commas before
 * a closing bracket, as a tsconfig.json often has; undefined when it holds something else.
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  for (const each of [text, withoutComments(text)]) {
    try {
      const parsed: unknown = JSON.parse(each);
      return isObject(parsed) ? parsed : undefined;
    } catch {
      // Not as it is: perhaps without its comments.
    }
  }
  return undefined;
}

// Texts are matched too, so that what looks like a comment in one stays.
function withoutComments(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_all, kept?: string) => kept ?? ' ')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_all, kept?: string) => kept ?? '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
