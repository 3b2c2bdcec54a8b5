/** How a numeric or timestamp feature becomes a standardised input, and one more that tells missing where training saw any. */
export interface NumericStep {
  readonly kind: 'numeric';
  readonly feature: string;
  /** Stands in for a missing value. */
  readonly median: number;
  readonly mean: number;
  /** 0 for a constant feature: its input is always 0. */
  readonly sd: number;
  readonly missingIndicator: boolean;
}

/** A boolean is 0 or 1; missing is a half. */
export interface BooleanStep {
  readonly kind: 'boolean';
  readonly feature: string;
}

/** One input per category, one for every other category, one for missing. */
export interface CategoricalStep {
  readonly kind: 'categorical';
  readonly feature: string;
  readonly categories: readonly string[];
}

export type PreprocessingStep = NumericStep | BooleanStep | CategoricalStep;

/** What was learned from the training part, in the order of the features. Plain JSON. */
export interface Preprocessing {
  readonly width: number;
  readonly steps: readonly PreprocessingStep[];
}

/** Network inputs, row-major. */
export interface Inputs {
  readonly width: number;
  readonly values: Float32Array;
}

/** Inputs that a step fills. */
export function widthOfStep(step: PreprocessingStep): number {
  switch (step.kind) {
    case 'numeric':
      return step.missingIndicator ? 2 : 1;
    case 'boolean':
      return 1;
    case 'categorical':
      return step.categories.length + 2;
  }
}
