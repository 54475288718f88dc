import { describe } from '../base/errors.js';
import { InvalidOptionError } from '../otp/option.js';

/** Throws InvalidOptionError unless `value` is a list of labels, each of them once. */
export function checkLabels(value: unknown = []): readonly string[] {
  if (!Array.isArray(value)) {
    throw new InvalidOptionError('labels', "an array of labels, as ['gpu']", value);
  }
  const labels = value as readonly unknown[];
  const wrong = labels.findIndex((label) => !isLabel(label));
  if (wrong >= 0) {
    const culprit = describe(labels[wrong]);
    const expected = `labels of 1 to ${LABEL_LENGTH_MAX} characters, not ${culprit}`;
    throw new InvalidOptionError('labels', expected, value);
  }
  if (new Set(labels).size < labels.length) {
    throw new InvalidOptionError('labels', 'each label once', value);
  }
  if (labels.length > LABELS_MAX) {
    throw new InvalidOptionError('labels', `at most ${LABELS_MAX} labels`, value);
  }
  return [...(labels as readonly string[])];
}

/** Whether a node may have the label. */
export function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LABEL_LENGTH_MAX;
}

/** The labels that a node said it has; `undefined` when they are none. */
export function readLabels(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > LABELS_MAX) return undefined;
  return value.every(isLabel) ? value : undefined;
}

const LABEL_LENGTH_MAX = 128;
const LABELS_MAX = 64;
