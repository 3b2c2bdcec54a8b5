import type { Preprocessing } from '../preprocessing/preprocessing.ts';

/** Before the id of the candidate whose network begins from the champion's weights. */
const prefix = 'warm/';

export function warmId(candidateId: string): string {
  return `${prefix}${baseId(candidateId)}`;
}

export function isWarm(candidateId: string): boolean {
  return candidateId.startsWith(prefix);
}

/** The configuration that a candidate has, whatever weights it began from. */
export function baseId(candidateId: string): string {
  return isWarm(candidateId) ? candidateId.slice(prefix.length) : candidateId;
}

/** What is learned from the rows and does not change which input is which. */
const learned: ReadonlySet<string> = new Set(['median', 'mean', 'sd', 'knots', 'scores']);

/** Equal where input i of two networks says the same of the same feature, on scales that may differ. */
export function inputSignature({ width, steps }: Preprocessing): string {
  return JSON.stringify({ width, steps }, (key, value: unknown) => (learned.has(key) ? undefined : value));
}

/**
 * Why a network that knows the rows up to `lastKey` must not lend its weights to a candidate that is judged on the rows from `judgedFrom` on; null
 * where it may. Where the key is not among the rows, nobody can tell what it has seen.
 *
 * @param keys of all rows of the snapshot, in time order
 */
export function whyNotLend(keys: readonly string[], lastKey: string, judgedFrom: number): string | null {
  const newest = keys.lastIndexOf(lastKey);
  if (newest === -1) return 'the newest row that it knows is not among these: what it has seen of them can’t be told';
  const seen = newest + 1 - judgedFrom;
  return seen > 0 ? `it has seen ${seen} of the rows that candidates are judged on` : null;
}
