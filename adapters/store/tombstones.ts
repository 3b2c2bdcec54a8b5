import type { RemovedUpTo } from '../ports/store.ts';

/**
 * What stands for a partition that was removed: its rows go on counting. All of it is in the name of an empty file, which appears at
 * once or not at all, and whoever removes the same partition again writes the same name.
 */
export interface Tombstone {
  /** Of the partition. */
  readonly stem: string;
  /** Predictions, or ids that have a label. */
  readonly rows: number;
  /** The newest prediction it had, or had an outcome of. */
  readonly lastId: string;
  /** Newest event time, ms since the epoch. */
  readonly newestMs: number;
}

export function tombstoneName({ stem, rows, lastId, newestMs }: Tombstone): string {
  return [stem, rows, encodeURIComponent(lastId), Math.round(newestMs)].join('~');
}

/** Null for a name that is none. */
export function parseTombstone(name: string): Tombstone | null {
  const [, stem, rows, lastId, newestMs] = /^([\w-]+)~(\d+)~([^~]+)~(-?\d+)$/.exec(name) ?? [];
  if (stem === undefined || lastId === undefined) return null;
  return { stem, rows: Number(rows), lastId: decodeURIComponent(lastId), newestMs: Number(newestMs) };
}

/** What is gone of one kind of records. */
export interface Removed {
  readonly rows: number;
  /** Null where nothing is gone. */
  readonly upTo: RemovedUpTo | null;
}

export function sumRemoved(tombstones: readonly Tombstone[]): Removed {
  let [rows, id, eventMs] = [0, '', -Infinity];
  for (const stone of tombstones) {
    rows += stone.rows;
    if (stone.lastId > id) id = stone.lastId;
    eventMs = Math.max(eventMs, stone.newestMs);
  }
  return { rows, upTo: tombstones.length === 0 ? null : { id, eventMs } };
}
