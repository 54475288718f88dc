import { BUNDLE_NAME, type SourcePlace, SourcePlaces } from './source-place.js';
import type { NodeFailure } from './turn.js';

/**
 * A failure as its reader knows it: frames of the bundle name the files that they were written in,
 * frames of the simulator and of Node.js are left out, and the message ends with the first place
 * outside of packages and of faultline itself.
 */
export function mappedFailure(failure: NodeFailure, map: string): NodeFailure {
  if (failure.stack === undefined) return failure;
  const places = new SourcePlaces(map);
  const lines = failure.stack.split('\n');
  const firstFrame = lines.findIndex((line) => FRAME.test(line));
  if (firstFrame < 0) return failure;
  const frames = lines.slice(firstFrame).filter((line) => line.includes(BUNDLE_NAME));
  const found: SourcePlace[] = [];
  const mapped = frames.map((frame) =>
    frame.replaceAll(BUNDLE_PLACE, (text, line: string, column: string) => {
      const place = places.of(Number(line), Number(column));
      if (place === undefined) return text;
      found.push(place);
      return placeText(place);
    }),
  );
  const own = found.find(({ file }) => !IS_FOREIGN.test(`/${file}`)) ?? found[0];
  const stack = [...lines.slice(0, firstFrame), ...mapped].join('\n');
  if (own === undefined) return { ...failure, stack };
  return { ...failure, stack, message: `${failure.message} (at ${placeText(own)})` };
}

function placeText({ file, line, column }: SourcePlace): string {
  return `${file}:${line}:${column}`;
}

const FRAME = /^\s+at /;
const BUNDLE_PLACE = new RegExp(`${BUNDLE_NAME.replaceAll('.', '\\.')}:(\\d+):(\\d+)`, 'g');
const IS_FOREIGN =
  /\/node_modules\/|\/src\/(?:base|platform|runtime|transport|otp|cluster|distributed)\//;
