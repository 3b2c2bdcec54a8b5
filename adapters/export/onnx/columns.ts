import type { Feature } from '../../../domain/table.ts';
import type { Graph, Tensor } from './graph.ts';

/** The raw feature columns as a graph reads them. */
export interface Columns {
  /** [rows, numeric columns] of doubles: numbers, booleans as 0 and 1, milliseconds since the epoch; NaN is missing. */
  readonly numbers: Tensor;
  /** Like `numbers`: is it there, and finite? */
  readonly isPresent: Tensor;
  /** Of a column in `numbers`. */
  positionOf(feature: string): number;
  /** [rows, 1] of strings; a column's text for missing is `missingText`. */
  textOf(feature: string): Tensor;
  readonly missingText: string;
}

/** ONNX has no null among strings. A private-use character stands for it, more of them where a category looks like that. */
export function chooseMissingText(categories: readonly string[]): string {
  const known = new Set(categories);
  let text = '\uE000';
  while (known.has(text)) text += '\uE000';
  return text;
}

export function addColumns(graph: Graph, features: readonly Feature[], missingText: string): Columns {
  const numeric = features.filter(({ type }) => type !== 'categorical').map(({ name }) => name);
  const position = new Map(numeric.map((name, at) => [name, at]));
  const inputs = features.map(({ name, type }) => graph.input(name, type === 'categorical' ? 'string' : 'double'));
  const parts = inputs.filter((name) => position.has(name));
  // A model of categories alone never looks at this.
  const numbers = parts.length === 0 ? '' : graph.add('Concat', parts, { axis: 1 });
  // Neither NaN nor an infinity is below it.
  const isPresent = parts.length === 0 ? '' : addIsPresent(graph, numbers);
  return {
    numbers,
    isPresent,
    missingText,
    positionOf: (feature) => position.get(feature)!,
    textOf: (feature) => feature,
  };
}

function addIsPresent(graph: Graph, numbers: Tensor): Tensor {
  const largest = graph.constant('double', [Number.MAX_VALUE]);
  return graph.add('LessOrEqual', [graph.add('Abs', [numbers]), largest]);
}
