import { DuckDBDoubleVector, type DuckDBValue, type DuckDBVector } from '@duckdb/node-api';

/** What a vector of DOUBLE holds at run time; its types don't tell. A validity without data means that no value is missing. */
interface RawDoubles {
  readonly items?: unknown;
  readonly validity?: { readonly data?: unknown; readonly offset?: unknown };
}

/**
 * Copies a vector of DOUBLE to `target` from `offset` on, NaN for NULL: as a block, which takes a sixth of the time of asking for
 * each value. Vectors that don't look as expected are asked.
 */
export function copyNumbers(vector: DuckDBVector, target: Float64Array, offset: number): void {
  const { items, validity } = vector as unknown as RawDoubles;
  const bits = validity?.data ?? null;
  const isKnown =
    vector instanceof DuckDBDoubleVector &&
    items instanceof Float64Array &&
    validity?.offset === 0 &&
    (bits === null || bits instanceof BigUint64Array);
  if (!isKnown) {
    for (let item = 0; item < vector.itemCount; item += 1) target[offset + item] = toNumber(vector.getItem(item));
    return;
  }
  target.set(items, offset);
  if (bits !== null)
    blankInvalid(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength), items.length, target, offset);
}

/** Fills a vector of DOUBLE that is to be appended, NaN as NaN: as a block, or one by one where it doesn't look as expected. */
export function fillNumbers(vector: DuckDBVector, values: Float64Array): void {
  const { items } = vector as unknown as RawDoubles;
  if (vector instanceof DuckDBDoubleVector && items instanceof Float64Array && items.length === values.length) {
    items.set(values);
  } else {
    for (let item = 0; item < values.length; item += 1) vector.setItem(item, values[item]!);
  }
  vector.flush();
}

/** A bit for each value, least significant first; 0 is NULL. */
function blankInvalid(bytes: Uint8Array, rows: number, target: Float64Array, offset: number): void {
  for (let row = 0; row < rows; row += 1) {
    if ((bytes[row >> 3]! & (1 << (row & 7))) === 0) target[offset + row] = Number.NaN;
  }
}

function toNumber(value: DuckDBValue): number {
  return value === null ? Number.NaN : Number(value);
}
