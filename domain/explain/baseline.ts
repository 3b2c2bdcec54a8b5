import { widthOfStep, type Preprocessing, type PreprocessingStep } from '../preprocessing/preprocessing.ts';

/**
 * Network inputs of the row that explanations start from: every number at its median, yes and no in equal parts, every known category in equal
 * parts. Inputs for missing and unseen values stay 0: training may never have shown them to the network.
 */
export function baselineInputs({ width, steps }: Preprocessing): Float64Array {
  const inputs = new Float64Array(width);
  let offset = 0;
  for (const step of steps) {
    inputs.set(baselineOf(step), offset);
    offset += widthOfStep(step);
  }
  return inputs;
}

function baselineOf(step: PreprocessingStep): readonly number[] {
  switch (step.kind) {
    case 'numeric':
      return [step.sd === 0 ? 0 : (step.median - step.mean) / step.sd];
    case 'rank':
      return [0];
    case 'levels':
      return step.levels.map(() => 1 / step.levels.length);
    case 'boolean':
      return [0.5];
    case 'categorical':
      return step.categories.map(() => 1 / step.categories.length);
  }
}

/** What the inputs of each feature did together. */
export function sumByFeature({ steps }: Preprocessing, attributions: Float64Array): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  let offset = 0;
  for (const step of steps) {
    const end = offset + widthOfStep(step);
    const sum = attributions.subarray(offset, end).reduce((total, value) => total + value, 0);
    sums.set(step.feature, (sums.get(step.feature) ?? 0) + sum);
    offset = end;
  }
  return sums;
}
