import type { Column } from '../table.ts';
import { avalanche, hashText } from './content-hash.ts';

/** 64 bits a row, in two lanes: among a million different rows two are alike with a chance of one in thirty million. */
export interface RowHashes {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

const multiplierA = 0x9e3779b1;
const multiplierB = 0x85ebca77;

/**
 * Of a column's cells, and of its name: equal values in different columns differ. Missing equals missing, +0 equals -0, and numbers of one cell of a
 * grid this wide are equal; 0 leaves them as they are.
 */
export function hashCells(name: string, column: Column, width: number): RowHashes {
  const seed = lanesOf(hashText(name));
  return column.kind === 'numeric' ? hashNumbers(column.values, width, seed) : hashTexts(column.values, seed);
}

/** All zeros: the sum of no column. */
export function noHashes(rowCount: number): RowHashes {
  return { a: new Int32Array(rowCount), b: new Int32Array(rowCount) };
}

/** Adds a column's hashes to a sum, which wraps around: the order of columns is nothing, and each can be taken out again. */
export function addHashes(sum: RowHashes, { a, b }: RowHashes): void {
  for (let row = 0; row < a.length; row++) {
    sum.a[row]! += a[row]!;
    sum.b[row]! += b[row]!;
  }
}

/** The sum without a column, whose hashes are overwritten. */
export function takeOut(sum: RowHashes, hashes: RowHashes): RowHashes {
  const { a, b } = hashes;
  for (let row = 0; row < a.length; row++) {
    a[row] = sum.a[row]! - a[row]!;
    b[row] = sum.b[row]! - b[row]!;
  }
  return hashes;
}

type Lanes = readonly [a: number, b: number];

function hashNumbers(values: Float64Array, width: number, [seedA, seedB]: Lanes): RowHashes {
  const hashes = noHashes(values.length);
  const number = new Float64Array(1);
  const words = new Int32Array(number.buffer);
  for (let row = 0; row < values.length; row++) {
    const value = width === 0 ? values[row]! : Math.round(values[row]! / width);
    // One NaN for all of them.
    number[0] = Number.isNaN(value) ? Number.NaN : value + 0;
    const [low, high] = [words[0]!, words[1]!];
    hashes.a[row] = avalanche(Math.imul(avalanche(low ^ seedA) ^ high, multiplierA));
    hashes.b[row] = avalanche(Math.imul(avalanche(high ^ seedB) ^ low, multiplierB));
  }
  return hashes;
}

function hashTexts(values: readonly (string | null)[], [seedA, seedB]: Lanes): RowHashes {
  const hashes = noHashes(values.length);
  const known = new Map<string | null, Lanes>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    let lanes = known.get(value);
    if (lanes === undefined) {
      const [a, b] = value === null ? [0, 1] : lanesOf(hashText(value));
      lanes = [avalanche(Math.imul(a ^ seedA, multiplierA)), avalanche(Math.imul(b ^ seedB, multiplierB))];
      known.set(value, lanes);
    }
    [hashes.a[row], hashes.b[row]] = lanes;
  }
  return hashes;
}

function lanesOf(hash: string): Lanes {
  return [Number.parseInt(hash.slice(0, 8), 16) | 0, Number.parseInt(hash.slice(8), 16) | 0];
}
