const cellsPerKnot = 8;
const mostCells = 4_096;

/** The index of the last knot that is not above a value; the value must be at least the first knot and below the last. */
export type Locate = (value: number) => number;

/** Even cells over the knots, each with the knot to begin at: value v is in cell trunc((v − first) · scale), or in the last one. */
export interface Grid {
  readonly starts: Uint16Array;
  readonly first: number;
  /** 0 where the knots lie too close together or too far apart for cells: all are in one then. */
  readonly scale: number;
  readonly lastCell: number;
}

/**
 * Looks a value up among ascending knots: a grid of even cells tells where to begin, a short walk ends it. A binary search among as
 * many takes several times as long, because a processor can't guess its turns.
 */
export function createLocator(knots: Float64Array): Locate {
  const grid = createGrid(knots);
  const { starts } = grid;
  return (value) => {
    let at = starts[cellOf(grid, value)]!;
    while (knots[at + 1]! <= value) at += 1;
    return at;
  };
}

/** At most 65,536 knots. */
export function createGrid(knots: Float64Array): Grid {
  const first = knots[0] ?? 0;
  const last = knots[knots.length - 1] ?? 0;
  const wanted = Math.min(mostCells, cellsPerKnot * knots.length);
  const isEven = Number.isFinite(wanted / (last - first)) && last - first < Infinity && last > first;
  const cells = isEven ? wanted : 1;
  const starts = new Uint16Array(cells);
  const grid = { starts, first, scale: isEven ? wanted / (last - first) : 0, lastCell: cells - 1 };
  let knot = 0;
  // The same rounding for knots as for values: a knot of an earlier cell is then never above the value.
  for (let cell = 0; cell < cells; cell += 1) {
    while (knot + 1 < knots.length && cellOf(grid, knots[knot + 1]!) < cell) knot += 1;
    starts[cell] = knot;
  }
  return grid;
}

function cellOf({ first, scale, lastCell }: Grid, value: number): number {
  return Math.min(lastCell, Math.trunc((value - first) * scale));
}
