import type { RowHashes } from './row-hashes.ts';

/** Rows that are asked about: those of `range` among `hashes`. */
export interface Asked {
  readonly hashes: RowHashes;
  readonly from: number;
  readonly to: number;
}

/** Says where each of a part's rows is first seen; Infinity where it never is. */
export type FirstSeen = (part: Asked, row: number) => number;

const empty = -2;
const unseen = -1;

/** Finds the first of the known rows that is equal to each asked one: an open-addressed table of the asked ones, through which the known ones pass once. */
export function findFirst(parts: readonly Asked[], known: RowHashes): FirstSeen {
  const table = createTable(parts.reduce((sum, { from, to }) => sum + to - from, 0));
  for (const { hashes, from, to } of parts) {
    for (let row = from; row < to; row++) table.add(hashes.a[row]!, hashes.b[row]!);
  }
  for (let row = 0; row < known.a.length; row++) table.see(known.a[row]!, known.b[row]!, row);
  return ({ hashes }, row) => table.firstOf(hashes.a[row]!, hashes.b[row]!);
}

/** Keys are hashes already: their lowest bits are as good as any. */
function createTable(mostKeys: number) {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * mostKeys)));
  const [a, b] = [new Int32Array(size), new Int32Array(size)];
  const first = new Int32Array(size).fill(empty);
  /** Where a key stands, or would. */
  const find = (keyA: number, keyB: number): number => {
    let slot = keyA & (size - 1);
    while (first[slot] !== empty && (a[slot] !== keyA || b[slot] !== keyB)) slot = (slot + 1) & (size - 1);
    return slot;
  };
  return {
    add(keyA: number, keyB: number): void {
      const slot = find(keyA, keyB);
      [a[slot], b[slot], first[slot]] = [keyA, keyB, unseen];
    },
    see(keyA: number, keyB: number, row: number): void {
      const slot = find(keyA, keyB);
      if (first[slot] === unseen) first[slot] = row;
    },
    firstOf(keyA: number, keyB: number): number {
      const row = first[find(keyA, keyB)]!;
      return row < 0 ? Infinity : row;
    },
  };
}
