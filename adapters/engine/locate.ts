const cellsPerKnot = 8;
const mostCells = 4_096;

/** The index of the last knot that is not above a value; the value must be at least the first knot and below the last. */
export type Locate = (value: number) => number;

/**
 * Looks a value up among ascending knots: a grid of even cells tells where to begin, a short walk ends it. A binary search among as
 * many takes several times as long, because a processor can't guess its turns.
 */
export function createLocator(knots: Float64Array): Locate {
  const first = knots[0] ?? 0;
  const last = knots[knots.length - 1] ?? 0;
  const cells = Math.min(mostCells, cellsPerKnot * knots.length);
  const scale = cells / (last - first);
  const isEven = Number.isFinite(scale) && scale > 0;
  // The same rounding for knots as for values: a knot of an earlier cell is then never above the value.
  const cellOf = (value: number): number => (isEven ? Math.min(cells - 1, Math.trunc((value - first) * scale)) : 0);
  const starts = new Int32Array(cells);
  let knot = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    while (knot + 1 < knots.length && cellOf(knots[knot + 1]!) < cell) knot += 1;
    starts[cell] = knot;
  }
  return (value) => {
    let at = starts[cellOf(value)]!;
    while (knots[at + 1]! <= value) at += 1;
    return at;
  };
}
