import type { Table } from '../table.ts';

const multiplierA = 0x9e3779b1;
const multiplierB = 0x85ebca77;

/** 16 hexadecimal digits that name a text's content (two 32-bit lanes, multiplied and avalanched); not for security. */
export function hashText(text: string): string {
  let [a, b] = [0x243f6a88, 0x85a308d3];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, multiplierA);
    b = Math.imul(b ^ code, multiplierB);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  return [avalanche(a ^ (b >>> 7)), avalanche(b ^ (a >>> 9))]
    .map((lane) => lane.toString(16).padStart(8, '0'))
    .join('');
}

/**
 * A number per row, of 53 bits: equal rows have equal numbers, and among 100,000 different rows two are alike with a chance of one in
 * a million. Rows are equal when every column is; missing equals missing.
 */
export function hashRows({ columns, rowCount }: Table): Float64Array {
  const a = new Int32Array(rowCount).fill(0x243f6a88);
  const b = new Int32Array(rowCount).fill(0x85a308d3);
  const mix = (row: number, word: number): void => {
    a[row] = Math.imul(rotate(a[row]!) ^ word, multiplierA);
    b[row] = Math.imul(rotate(b[row]!) + word, multiplierB) ^ (b[row]! >>> 11);
  };
  for (const name of Object.keys(columns).toSorted()) {
    const column = columns[name]!;
    if (column.kind === 'numeric') mixNumbers(column.values, mix);
    else mixTexts(column.values, mix);
  }
  return Float64Array.from(a, (word, row) => (avalanche(word ^ (b[row]! >>> 3)) >>> 11) * 2 ** 32 + avalanche(b[row]!));
}

/** The bits of a value; +0 for -0, and one NaN for all of them. */
function mixNumbers(values: Float64Array, mix: (row: number, word: number) => void): void {
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  for (let row = 0; row < values.length; row++) {
    value[0] = Number.isNaN(values[row]!) ? Number.NaN : values[row]! + 0;
    mix(row, words[0]!);
    mix(row, words[1]!);
  }
}

function mixTexts(values: readonly (string | null)[], mix: (row: number, word: number) => void): void {
  const known = new Map<string | null, number>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    const word = known.get(value) ?? (value === null ? 1 : Number.parseInt(hashText(value).slice(0, 8), 16));
    known.set(value, word);
    mix(row, word);
  }
}

function rotate(word: number): number {
  return (word << 13) | (word >>> 19);
}

/** The last step of MurmurHash3: every bit of the input moves every bit of the output. */
export function avalanche(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
