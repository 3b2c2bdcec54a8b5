import { brierLosses, primaryLosses, subtractLosses } from '../gate/losses.ts';
import type { RowRange } from '../table.ts';
import { taskOf, type Predictions, type Task } from '../task.ts';
import { buildDesign, type Design } from './design.ts';
import type { History } from './history.ts';
import { average, meanWithInterval, type Mean } from './interval.ts';
import { dropInputs, fitLinear, predictLinear, type LinearFit } from './least-squares.ts';

/** Linear models in closed form on the inputs that the networks get, fitted to the older rows and tried on the newer ones. */
export interface Trial {
  readonly task: Task;
  readonly trainRows: number;
  readonly testRows: number;
  /** Answers that are wrong; for regression the squared error in units of the labels' variance. In time order. */
  readonly losses: Float64Array;
  /** Brier score per row; for regression as above. */
  readonly squaredLosses: Float64Array;
  /** The same of always giving the shares of the classes (or the mean) of the training rows. */
  readonly constantLosses: Float64Array;
  /** How two models of the older and the newer two thirds of the training rows differ. */
  readonly pair: PairedDifference;
  /** Squared loss added per row when features are left out. */
  readonly costOfLeavingOut: (features: readonly string[]) => Mean;
}

/** loss(newer) − loss(older) per row in time order, of models that were fitted to different windows of the past. */
export interface PairedDifference {
  readonly differences: Float64Array;
  /** For classes the share of rows on which only one is right. */
  readonly meanSquare: number;
}

const testShare = 0.4;

export function runTrial(history: History): Trial {
  const rows = history.table.rowCount;
  const train = { from: 0, to: Math.round(rows * (1 - testShare)) };
  const test = { from: train.to, to: rows };
  const task = taskOf(history.schema);
  const design = buildDesign(history, train);
  const score = scoreOn(history, design, test, task);
  const fit = fitLinear(design, train);
  const losses = score(fit.weights);
  const constant = constantWeights(design, train);
  return {
    task,
    trainRows: train.to,
    testRows: rows - train.to,
    losses: losses.primary,
    squaredLosses: losses.squared,
    constantLosses: score(constant).squared,
    pair: compareWindows(design, train, ({ weights }) => score(weights).primary),
    costOfLeavingOut: (features) => {
      const dropped = features.flatMap((name) => inputsOf(design, name));
      const left = dropped.length === 0 ? fit.weights : dropInputs(fit, dropped, design.width);
      return meanWithInterval(subtractLosses(score(left).squared, losses.squared));
    },
  };
}

function inputsOf({ columnsOf }: Design, feature: string): readonly number[] {
  const { from, to } = columnsOf.get(feature) ?? { from: 0, to: 0 };
  return Array.from({ length: to - from }, (_, index) => from + index);
}

interface Losses {
  readonly primary: Float64Array;
  readonly squared: Float64Array;
}

function scoreOn(history: History, design: Design, test: RowRange, task: Task): (weights: Float64Array) => Losses {
  const isRegression = task === 'regression';
  const truth = isRegression
    ? design.targets.subarray(test.from, test.to)
    : history.labels.subarray(test.from, test.to);
  const lossesOf = (predictions: Predictions): Losses => {
    const primary = primaryLosses(task, truth, predictions);
    return { primary, squared: isRegression ? primary : brierLosses(truth, predictions) };
  };
  return (weights) => lossesOf(predictLinear(design, weights, test, !isRegression));
}

/** A model that knows nothing but the mean of each target. */
function constantWeights({ width, targetWidth, targets }: Design, train: RowRange): Float64Array {
  const weights = new Float64Array(width * targetWidth);
  const rows = train.to - train.from;
  for (let row = train.from; row < train.to; row++) {
    for (let t = 0; t < targetWidth; t++)
      weights[(width - 1) * targetWidth + t]! += targets[row * targetWidth + t]! / rows;
  }
  return weights;
}

/** A champion and a challenger that has seen newer rows, but not only those. */
function compareWindows(design: Design, train: RowRange, lossesOf: (fit: LinearFit) => Float64Array): PairedDifference {
  const third = Math.floor((train.to - train.from) / 3);
  const older = lossesOf(fitLinear(design, { from: train.from, to: train.to - third }));
  const newer = lossesOf(fitLinear(design, { from: train.from + third, to: train.to }));
  const differences = subtractLosses(newer, older);
  return { differences, meanSquare: average(differences.map((difference) => difference ** 2)) };
}
