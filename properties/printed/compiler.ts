import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = new URL('../../', import.meta.url);

/** The doors of the package, and the files behind them. */
export const doors: Readonly<Record<string, string>> = {
  faultline: fileURLToPath(new URL('src/index.ts', root)),
  'faultline/distribution': fileURLToPath(new URL('src/distribution.ts', root)),
  'faultline/tasks': fileURLToPath(new URL('src/tasks.ts', root)),
};

/** What the compiler says about these files under `--strict`, each line with its file. */
export function complaints(files: readonly string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [fileURLToPath(new URL('node_modules/@types', root))],
    paths: Object.fromEntries(Object.entries(doors).map(([name, door]) => [name, [door]])),
  });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map((one) => complaint(file, one));
  });
}

function complaint(file: string, { start = 0, file: source, messageText }: ts.Diagnostic): string {
  const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  const name = file.slice(file.lastIndexOf('/') + 1);
  return `${name}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
