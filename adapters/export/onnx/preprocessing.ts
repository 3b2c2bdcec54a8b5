import {
  furthestSd,
  widthOfStep,
  type BooleanStep,
  type CategoricalStep,
  type LevelsStep,
  type NumericStep,
  type Preprocessing,
  type PreprocessingStep,
  type RankStep,
} from '../../../domain/preprocessing/preprocessing.ts';
import type { Columns } from './columns.ts';
import { addCurves } from './curves.ts';
import type { Graph, Tensor } from './graph.ts';

/** Inputs that a kind of steps makes, side by side, and where each belongs. */
interface Part {
  /** [rows, places] of floats. */
  readonly tensor: Tensor;
  readonly places: readonly number[];
}

type Placed<Step> = Step & { readonly offset: number };

/** What applyPreprocessing does, as operations on whole blocks of columns: [rows, width] of floats. */
export function addPreprocessing(graph: Graph, { width, steps }: Preprocessing, columns: Columns): Tensor {
  const placed = placeSteps(steps);
  const ofKind = <Kind extends PreprocessingStep['kind']>(kind: Kind) =>
    placed.filter((step) => step.kind === kind) as Placed<Extract<PreprocessingStep, { kind: Kind }>>[];
  const parts = [
    ...addNumeric(graph, ofKind('numeric'), columns),
    ...addRanks(graph, ofKind('rank'), columns),
    ...addLevels(graph, ofKind('levels'), columns),
    ...addBooleans(graph, ofKind('boolean'), columns),
    ...ofKind('categorical').map((step) => addCategories(graph, step, columns)),
  ];
  return putInOrder(graph, parts, width);
}

function placeSteps(steps: readonly PreprocessingStep[]): readonly Placed<PreprocessingStep>[] {
  let next = 0;
  return steps.map((step) => {
    const offset = next;
    next += widthOfStep(step);
    return { ...step, offset };
  });
}

function putInOrder(graph: Graph, parts: readonly Part[], width: number): Tensor {
  const places = parts.flatMap((part) => part.places);
  const joined = graph.add(
    'Concat',
    parts.map(({ tensor }) => tensor),
    { axis: 1 },
  );
  if (places.every((place, at) => place === at)) return joined;
  const columnOf = new Array<number>(width);
  for (const [at, place] of places.entries()) columnOf[place] = at;
  return graph.add('Gather', [joined, graph.constant('int64', columnOf)], { axis: 1 });
}

function pick(graph: Graph, tensor: Tensor, positions: readonly number[]): Tensor {
  return graph.add('Gather', [tensor, graph.constant('int64', positions)], { axis: 1 });
}

interface Filled {
  readonly values: Tensor;
  readonly isPresent: Tensor;
}

/** The steps' columns, a missing value being its feature's median. */
function fill(graph: Graph, steps: readonly { feature: string; median: number }[], columns: Columns): Filled {
  const positions = steps.map(({ feature }) => columns.positionOf(feature));
  const isPresent = pick(graph, columns.isPresent, positions);
  const medians = graph.constant(
    'double',
    steps.map(({ median }) => median),
  );
  return { isPresent, values: graph.add('Where', [isPresent, pick(graph, columns.numbers, positions), medians]) };
}

function addNumeric(graph: Graph, steps: readonly Placed<NumericStep>[], columns: Columns): readonly Part[] {
  if (steps.length === 0) return [];
  const { values } = fill(graph, steps, columns);
  const isVaried = steps.map(({ sd }) => sd !== 0);
  const means = graph.constant(
    'double',
    steps.map(({ mean }) => mean),
  );
  const sds = graph.constant(
    'double',
    steps.map(({ sd }) => (sd === 0 ? 1 : sd)),
  );
  const scaled = graph.add('Div', [graph.add('Sub', [values, means]), sds]);
  const [least, most] = [-furthestSd, furthestSd].map((end) => graph.constant('double', [end], []));
  const held = graph.add('Clip', [scaled, least!, most!]);
  const zero = graph.constant('double', [0]);
  // As booleans in ONNX are no constants of this graph's kinds, whether a feature varies is asked of a number.
  const varies = graph.cast(graph.constant('int64', isVaried.map(Number)), 'bool');
  const values0 = isVaried.every(Boolean) ? held : graph.add('Where', [varies, held, zero]);
  return [{ tensor: graph.cast(values0, 'float'), places: steps.map(({ offset }) => offset) }];
}

function addRanks(graph: Graph, steps: readonly Placed<RankStep>[], columns: Columns): readonly Part[] {
  if (steps.length === 0) return [];
  const { values, isPresent } = fill(graph, steps, columns);
  const curves = steps.map(({ knots, scores }) => (knots.length < 2 ? constantZero : { xs: knots, ys: scores }));
  const ranks = graph.cast(addCurves(graph, values, curves), 'float');
  const part = { tensor: ranks, places: steps.map(({ offset }) => offset) };
  const indicated = steps.flatMap((step, at) => (step.missingIndicator ? [{ at, place: step.offset + 1 }] : []));
  if (indicated.length === 0) return [part];
  const isMissing = graph.add('Not', [
    pick(
      graph,
      isPresent,
      indicated.map(({ at }) => at),
    ),
  ]);
  return [part, { tensor: graph.cast(isMissing, 'float'), places: indicated.map(({ place: at }) => at) }];
}

const constantZero = { xs: [0], ys: [0] };

function addLevels(graph: Graph, steps: readonly Placed<LevelsStep>[], columns: Columns): readonly Part[] {
  const all = steps.flatMap(({ feature, levels, offset }) =>
    levels.map((level, at) => ({ position: columns.positionOf(feature), level, place: offset + at })),
  );
  if (all.length === 0) return [];
  const values = pick(
    graph,
    columns.numbers,
    all.map(({ position }) => position),
  );
  const isLevel = graph.add('Equal', [
    values,
    graph.constant(
      'double',
      all.map(({ level }) => level),
    ),
  ]);
  return [{ tensor: graph.cast(isLevel, 'float'), places: all.map(({ place: at }) => at) }];
}

function addBooleans(graph: Graph, steps: readonly Placed<BooleanStep>[], columns: Columns): readonly Part[] {
  if (steps.length === 0) return [];
  const positions = steps.map(({ feature }) => columns.positionOf(feature));
  const isZero = graph.add('Equal', [pick(graph, columns.numbers, positions), graph.constant('double', [0])]);
  const said = graph.cast(graph.add('Not', [isZero]), 'float');
  const isPresent = pick(graph, columns.isPresent, positions);
  const tensor = graph.add('Where', [isPresent, said, graph.constant('float', [0.5])]);
  return [{ tensor, places: steps.map(({ offset }) => offset) }];
}

function addCategories(graph: Graph, step: Placed<CategoricalStep>, columns: Columns): Part {
  const { feature, categories, offset } = step;
  const other = categories.length;
  const index = graph.addMl('LabelEncoder', [columns.textOf(feature)], {
    keys_strings: [...categories, columns.missingText],
    values_int64s: [...categories.map((_, at) => at), other + 1],
    default_int64: other,
  });
  const every = Array.from({ length: widthOfStep(step) }, (_, at) => at);
  const isIt = graph.add('Equal', [index, graph.constant('int64', every)]);
  return { tensor: graph.cast(isIt, 'float'), places: every.map((at) => offset + at) };
}
