import {
  furthestSd,
  widthOfStep,
  type CategoricalStep,
  type LevelsStep,
  type NumericStep,
  type Preprocessing,
  type PreprocessingStep,
  type RankStep,
} from '../../domain/preprocessing/preprocessing.ts';
import { missingCode, type FeatureBuffer } from './feature-buffer.ts';
import type { NativeKernels } from '../runtime/native-kernels.ts';
import { createCurve } from './curve.ts';
import { createCurveReader, type PlacedCurve } from './curves.ts';
import { createLocator } from './locate.ts';
import { NotCompilable } from './read-stack.ts';

/** Fills the inputs of the first rows of the buffer. */
export type FillInputs = (rows: number) => void;

interface Target {
  /** Row-major. */
  readonly inputs: Float32Array;
  readonly width: number;
  /** The step's first input. */
  readonly offset: number;
}

/** The column of a step's feature within the buffer's values. */
interface Source {
  readonly values: Float64Array;
  readonly from: number;
}

/** What `applyPreprocessing` does, to the bit, on buffers that are made once. */
export function compilePreprocessing(
  { width, steps }: Preprocessing,
  buffer: FeatureBuffer,
  inputs: Float32Array,
  kernels: NativeKernels | null,
): FillInputs {
  let offset = 0;
  const curves: PlacedCurve[] = [];
  const fills = steps.map((step) => {
    const fill = compileStep(step, buffer, { inputs, width, offset });
    if (step.kind === 'rank') {
      const curve = createCurve(step.knots, step.scores, step.median);
      curves.push({ curve, from: findFeature(step, buffer) * buffer.capacity, offset });
    }
    offset += widthOfStep(step);
    return fill;
  });
  const readCurves = createCurveReader(curves, { values: buffer.values, inputs, width }, kernels);
  return (rows) => {
    readCurves(rows);
    for (const fill of fills) fill(rows);
  };
}

function findFeature(step: PreprocessingStep, { schema }: FeatureBuffer): number {
  const feature = schema.features.findIndex(({ name }) => name === step.feature);
  if (feature < 0) throw new NotCompilable(`its preprocessing reads "${step.feature}", which is no feature`);
  return feature;
}

function compileStep(step: PreprocessingStep, buffer: FeatureBuffer, target: Target): FillInputs {
  const feature = findFeature(step, buffer);
  const source = { values: buffer.values, from: feature * buffer.capacity };
  const codes = buffer.codes[feature] ?? null;
  if ((step.kind === 'categorical') !== (codes !== null)) {
    throw new NotCompilable(`its preprocessing takes "${step.feature}" for another type than the signature does`);
  }
  switch (step.kind) {
    case 'numeric':
      return compileNumeric(step, source, target);
    case 'rank':
      return compileMissing(step, source, target);
    case 'levels':
      return compileLevels(step, source, target);
    case 'boolean':
      return compileBoolean(source, target);
    case 'categorical':
      return compileCategorical(step, codes!, source, target);
  }
}

function compileNumeric({ median, mean, sd }: NumericStep, { values, from }: Source, target: Target): FillInputs {
  const { inputs, width, offset } = target;
  if (sd === 0) return () => undefined;
  return (rows) => {
    for (let row = 0, at = offset; row < rows; row += 1, at += width) {
      const value = values[from + row]!;
      const scaled = ((Number.isFinite(value) ? value : median) - mean) / sd;
      inputs[at] = Math.max(-furthestSd, Math.min(furthestSd, scaled));
    }
  };
}

/** The input beside a rank, where it has one; the rank itself is read with all others. */
function compileMissing({ missingIndicator }: RankStep, { values, from }: Source, target: Target): FillInputs {
  const { inputs, width, offset } = target;
  if (!missingIndicator) return () => undefined;
  return (rows) => {
    for (let row = 0, at = offset + 1; row < rows; row += 1, at += width) {
      inputs[at] = Number.isFinite(values[from + row]!) ? 0 : 1;
    }
  };
}

function compileLevels({ levels }: LevelsStep, { values, from }: Source, target: Target): FillInputs {
  const { inputs, width, offset } = target;
  const sorted = Float64Array.from(levels);
  const locate = createLocator(sorted);
  const last = sorted.length - 1;
  return (rows) => {
    for (let row = 0, at = offset; row < rows; row += 1, at += width) {
      inputs.fill(0, at, at + sorted.length);
      const value = values[from + row]!;
      if (!(value >= sorted[0]! && value <= sorted[last]!)) continue;
      const level = value === sorted[last]! ? last : locate(value);
      if (sorted[level] === value) inputs[at + level] = 1;
    }
  };
}

function compileBoolean({ values, from }: Source, { inputs, width, offset }: Target): FillInputs {
  return (rows) => {
    for (let row = 0, at = offset; row < rows; row += 1, at += width) {
      const value = values[from + row]!;
      inputs[at] = Number.isFinite(value) ? Number(value !== 0) : 0.5;
    }
  };
}

function compileCategorical(
  { categories }: CategoricalStep,
  codes: ReadonlyMap<string, number>,
  { values, from }: Source,
  { inputs, width, offset }: Target,
): FillInputs {
  const other = categories.length;
  const inputOf = new Int32Array(codes.size).fill(other);
  for (const [index, category] of categories.entries()) inputOf[codes.get(category)!] = index;
  return (rows) => {
    for (let row = 0, at = offset; row < rows; row += 1, at += width) {
      inputs.fill(0, at, at + other + 2);
      const code = values[from + row]!;
      inputs[at + (code >= 0 ? inputOf[code]! : code === missingCode ? other + 1 : other)] = 1;
    }
  };
}
