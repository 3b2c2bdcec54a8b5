import type { Graph, Tensor } from './graph.ts';

/** Straight between its knots, flat beyond them. One knot is a constant. */
export interface Curve {
  /** Ascending, at least one. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/**
 * Each column of a [rows, curves] tensor of doubles through its own curve. The tables of all curves lie one after another, padded to
 * the longest, so that no column costs operations of its own.
 */
export function addCurves(graph: Graph, columns: Tensor, curves: readonly Curve[]): Tensor {
  const count = curves.length;
  const width = Math.max(...curves.map(({ xs }) => xs.length), 2);
  const pad = (values: readonly number[], filler: number): number[] =>
    Array.from({ length: width }, (_, at) => values[at] ?? filler);
  const table = (values: readonly (readonly number[])[], shape: readonly number[]): Tensor =>
    graph.constant('double', values.flat(), shape);
  const paddedXs = curves.map(({ xs }) => pad(xs, Number.POSITIVE_INFINITY));
  const flatXs = table(paddedXs, [count * width]);
  const flatYs = table(
    curves.map(({ ys }) => pad(ys, ys.at(-1)!)),
    [count * width],
  );
  const ends = (at: number): Tensor =>
    graph.constant(
      'double',
      curves.map(({ xs }) => xs.at(at)!),
    );
  const held = graph.add('Min', [graph.add('Max', [columns, ends(0)]), ends(-1)]);
  const low = addLowKnots(graph, held, { curves, knots: table(paddedXs, [count, width]), width });
  const high = graph.add('Add', [low, graph.constant('int64', [1])]);
  const [x0, x1] = [low, high].map((at) => graph.add('Gather', [flatXs, at]));
  const [y0, y1] = [low, high].map((at) => graph.add('Gather', [flatYs, at]));
  const share = graph.add('Div', [graph.add('Sub', [held, x0!]), graph.add('Sub', [x1!, x0!])]);
  return graph.add('Add', [y0!, graph.add('Mul', [share, graph.add('Sub', [y1!, y0!])])]);
}

interface Knots {
  readonly curves: readonly Curve[];
  /** [curves, width] */
  readonly knots: Tensor;
  readonly width: number;
}

/** Where in the flat tables the last knot lies that is not beyond the value, and has a successor. */
function addLowKnots(graph: Graph, held: Tensor, { curves, knots, width }: Knots): Tensor {
  const spread = graph.add('Unsqueeze', [held, graph.constant('int64', [2])]);
  const isPassed = graph.cast(graph.add('GreaterOrEqual', [spread, knots]), 'int64');
  const passed = graph.add('ReduceSum', [isPassed, graph.constant('int64', [2])], { keepdims: 0 });
  const last = graph.constant(
    'int64',
    curves.map(({ xs }) => Math.max(0, xs.length - 2)),
  );
  const offsets = graph.constant(
    'int64',
    curves.map((_, curve) => curve * width),
  );
  const found = graph.add('Sub', [passed, graph.constant('int64', [1])]);
  return graph.add('Add', [graph.add('Min', [found, last]), offsets]);
}
