/**
 * Whether a program calls, as the main module, the very function that it offers to others. Who
 * calls that function for its result has to load the program as another module does, or the work
 * would be done twice.
 *
 * It looks at the text alone, since afterwards it is too late: a program that hides it better is
 * taken for one that does not.
 */
export function guardsItsFunction(text: string): boolean {
  const guard = GUARD.exec(text);
  if (guard === null) return false;
  const called = text.slice(guard.index).matchAll(CALLED);
  return [...called].some(([, name = '']) => isOffered(text, name));
}

// As the default, as `run`, or as the whole of a CommonJS module.
function isOffered(text: string, name: string): boolean {
  const own = name.replaceAll('$', '\\$&');
  const ways = [
    String.raw`\bexport\s+default\s+(?:async\s+)?function\s+${own}\b`,
    String.raw`\bexport\s+default\s+${own}\s*(?:;|$)`,
    String.raw`\b${own}\s+as\s+(?:default|run)\b`,
    String.raw`\bmodule\.exports\s*=\s*(?:async\s+)?(?:function\s+)?${own}\b(?!\s*[.(])`,
    String.raw`\bexports\.(?:run|default)\s*=\s*(?:async\s+)?(?:function\s+)?${own}\b`,
    ...(name === 'run' ? RUN : []),
  ];
  return ways.some((way) => new RegExp(way, 'm').test(text));
}

const RUN = [
  String.raw`\bexport\s+(?:async\s+)?(?:function|const|let)\s+run\b`,
  String.raw`\b(?:export|module\.exports\s*=)\s*\{[^}]*\brun\b`,
];
/** How a module asks whether it is the main one; the groups are the sign of equality. */
export const MAIN_TEST = [
  String.raw`\brequire\.main\s*([!=]==?)\s*module\b`,
  String.raw`\bmodule\s*([!=]==?)\s*require\.main\b`,
  String.raw`\bimport\.meta\.main\b`,
].join('|');

const GUARD = new RegExp(String.raw`${MAIN_TEST}|\bprocess\.argv\[1\]`);
const CALLED = /(?<![.\w$])(?<!\bfunction\*?\s+)([A-Za-z_$][\w$]*)\s*\(/g;
