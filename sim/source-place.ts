import { SourceMap } from 'node:module';

/** A place in a file that somebody wrote. Lines and columns count from 1. */
export interface SourcePlace {
  /** Relative to the working directory, if it is below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where the lines of a bundle come from. */
export class SourcePlaces {
  readonly #map: SourceMap | undefined;

  /** `map` is JSON; an empty text knows no place. */
  constructor(map: string) {
    if (map !== '') this.#map = new SourceMap(JSON.parse(map) as ConstructorParameters<Of>[0]);
  }

  /** `line` and `column` count from 1. */
  of(line: number, column: number): SourcePlace | undefined {
    const entry = this.#map?.findEntry(line - 1, column - 1);
    if (entry === undefined || !('originalSource' in entry)) return undefined;
    const { originalSource: file, originalLine, originalColumn } = entry;
    return { file, line: originalLine + 1, column: originalColumn + 1 };
  }
}

type Of = typeof SourceMap;

/** How a bundle is called in the engine's stacks. */
export const BUNDLE_NAME = 'node-program.cjs';
