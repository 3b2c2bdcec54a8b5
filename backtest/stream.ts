import type { HistoricalRows } from '../adapters/data/read-labelled-rows.ts';
import type { RowRange } from '../domain/table.ts';

const dayMs = 86_400_000;

/** How long a block of the replay is. */
export type BlockLength = { readonly rows: number } | { readonly days: number };

/** A history that is replayed: what the first champion learns from, and the blocks that follow. */
export interface Stream {
  readonly history: HistoricalRows;
  /** Rows that are known before the replay begins. */
  readonly firstRows: number;
  readonly blocks: readonly RowRange[];
  /** Rows after which a label is known, where the data don't say when. */
  readonly labelDelayRows: number;
}

/** Rows whose label is known when `served` rows have been served. A block's own rows are never among them before its end. */
export function isLabelKnown({ history, labelDelayRows }: Stream, row: number, served: number): boolean {
  if (history.labelMs === null) return row + labelDelayRows < served;
  const nowMs = history.eventMs?.[served - 1] ?? Number.POSITIVE_INFINITY;
  return (history.labelMs[row] ?? Number.NaN) <= nowMs;
}

export interface StreamOptions {
  /** @default 500 rows, or as few as make twenty blocks of a small history, 50 at least */
  readonly block?: BlockLength;
  /** @default a tenth of the rows, a thousand at least */
  readonly firstRows?: number;
  /** @default 0 */
  readonly labelDelayRows?: number;
}

/** Throws where the rows are too few, or blocks of days are asked for without a time column. */
export function planStream(history: HistoricalRows, options: StreamOptions): Stream {
  const { rowCount } = history.rows.table;
  const firstRows = options.firstRows ?? Math.min(Math.max(1_000, Math.round(rowCount / 10)), Math.floor(rowCount / 2));
  if (firstRows < 1 || firstRows >= rowCount) {
    throw new Error(
      `a backtest needs rows after the first ${firstRows}, the data have ${rowCount}: take fewer for the first champion`,
    );
  }
  const block = options.block ?? { rows: usualBlockRows(rowCount - firstRows) };
  const ends =
    'rows' in block ? endsByRows(block.rows, firstRows, rowCount) : endsByDays(history, block.days, firstRows);
  const blocks = ends.map((to, index) => ({ from: ends[index - 1] ?? firstRows, to }));
  return { history, firstRows, blocks, labelDelayRows: options.labelDelayRows ?? 0 };
}

/** A policy looks at the end of each block: in four blocks it can't show what it is worth. */
function usualBlockRows(rows: number): number {
  return Math.min(500, Math.max(50, 10 * Math.ceil(rows / 200)));
}

function endsByRows(rows: number, firstRows: number, rowCount: number): readonly number[] {
  const count = Math.ceil((rowCount - firstRows) / rows);
  return Array.from({ length: count }, (_, index) => Math.min(firstRows + (index + 1) * rows, rowCount));
}

function endsByDays({ eventMs, rows }: HistoricalRows, days: number, firstRows: number): readonly number[] {
  if (eventMs === null)
    throw new Error('blocks of days need a time column: name it in data.time, or give a number of rows');
  const ends: number[] = [];
  let endMs = (eventMs[firstRows] ?? 0) + days * dayMs;
  for (let row = firstRows; row < rows.table.rowCount; row += 1) {
    const atMs = eventMs[row] ?? endMs;
    if (atMs < endMs) continue;
    ends.push(row);
    while (endMs <= atMs) endMs += days * dayMs;
  }
  return [...ends.filter((end) => end > firstRows), rows.table.rowCount];
}
