/** An outlier may pull a network this far, in standard deviations, and no further. */
export const furthestSd = 10;

/** How a numeric or timestamp feature becomes a standardised input. */
export interface NumericStep {
  readonly kind: 'numeric';
  readonly feature: string;
  /** Stands in for a missing value. */
  readonly median: number;
  readonly mean: number;
  /** 0 for a constant feature: its input is always 0. */
  readonly sd: number;
}

/**
 * How a numeric or timestamp feature becomes its rank among the training rows, on a normal scale: the piecewise linear map through
 * (knots, scores). Skewed columns spread out, and an outlier is as far as the largest value that training saw.
 * One more input tells missing where training saw any.
 */
export interface RankStep {
  readonly kind: 'rank';
  readonly feature: string;
  /** Stands in for a missing value. */
  readonly median: number;
  /** Ascending; one alone for a constant feature, whose input is always 0. */
  readonly knots: readonly number[];
  readonly scores: readonly number[];
  readonly missingIndicator: boolean;
}

/** A numeric feature of few values (an hour, a grade) has one more input per value: effects need not be monotone. */
export interface LevelsStep {
  readonly kind: 'levels';
  readonly feature: string;
  /** Ascending. */
  readonly levels: readonly number[];
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

export type PreprocessingStep = NumericStep | RankStep | LevelsStep | BooleanStep | CategoricalStep;

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
    case 'rank':
      return step.missingIndicator ? 2 : 1;
    case 'numeric':
    case 'boolean':
      return 1;
    case 'levels':
      return step.levels.length;
    case 'categorical':
      return step.categories.length + 2;
  }
}
