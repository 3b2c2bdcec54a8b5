/** What is known of a sealed part of a log. Ids sort in the order of prediction. */
export interface PartFacts {
  readonly rows: number;
  readonly firstId: string;
  readonly lastId: string;
  /** Event time of its newest row (of serving, where rows have no event time), ms since the epoch. */
  readonly newestMs: number;
}

export interface KeepRule {
  /** Span of event time that is kept, counted back from the newest row. */
  readonly keepMs: number;
  /** Rows after this one are still to be looked at. */
  readonly neededAfterId: string;
  /** So many of the newest rows stay, however old. */
  readonly neededRows: number;
}

/**
 * Which parts of a log of predictions may go: those whose newest row is older than is kept, that nobody has still to look at, and that
 * `neededRows` rows are surely newer than. Only whole parts go, and the newest never does, so that the clock of event time stays.
 */
export function findExpired<T extends PartFacts>(parts: readonly T[], rule: KeepRule): readonly T[] {
  const keptFromMs = Math.max(...parts.map(({ newestMs }) => newestMs)) - rule.keepMs;
  const byFirstId = [...parts].sort((a, b) => (a.firstId < b.firstId ? -1 : 1));
  const newerRows = countFrom(byFirstId);
  return parts.filter(
    ({ newestMs, lastId }) =>
      newestMs < keptFromMs && lastId <= rule.neededAfterId && newerRows(lastId) >= rule.neededRows,
  );
}

/** Rows in parts that begin after an id: all of them are newer than it. */
function countFrom(byFirstId: readonly PartFacts[]): (id: string) => number {
  const from = new Float64Array(byFirstId.length + 1);
  for (let index = byFirstId.length - 1; index >= 0; index -= 1)
    from[index] = from[index + 1]! + byFirstId[index]!.rows;
  return (id) => {
    let [low, high] = [0, byFirstId.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byFirstId[middle]!.firstId > id) high = middle;
      else low = middle + 1;
    }
    return from[low]!;
  };
}

/** Which parts of a log of outcomes may go: those whose predictions all came before the oldest that is kept. */
export function findOrphaned<T extends PartFacts>(parts: readonly T[], oldestKeptId: string): readonly T[] {
  return parts.filter(({ lastId }) => lastId < oldestKeptId);
}
