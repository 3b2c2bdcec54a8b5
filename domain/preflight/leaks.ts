import { formatShare } from '../gate/wording.ts';
import type { Feature } from '../table.ts';
import { fail, warn, type Finding } from './finding.ts';
import type { History } from './history.ts';
import { scoreOneFeature } from './one-feature.ts';

/** A feature that alone tells the label this well is the label, or was written down after it. */
const knowsClass = { fail: 0.995, warn: 0.97 };
/** Regression: neighbouring values of a series may well explain 98% of each other. */
const knowsValue = { fail: 0.999, warn: 0.985 };
/** Missing values alone seldom tell a class as well as this, unless they are filled in after the outcome. */
const missingTells = 0.7;
/** Times that lie after the row's own in this share of rows. */
const mostlyLater = 0.5;
const nearlyAlways = 0.95;

/**
 * Features that know the label: alone they tell it (nearly) perfectly, their being missing tells it, or they are times that come
 * after the row, or after its label. One finding for each such feature, none where all is well.
 */
export function findLeaks(history: History): readonly Finding[] {
  return history.schema.features.flatMap((feature) => findLateTime(feature, history) ?? findTelling(feature, history));
}

function findTelling({ name }: Feature, { table, labels, schema }: History): readonly Finding[] {
  const column = table.columns[name];
  const told = column === undefined ? null : scoreOneFeature(column, labels, schema.classes.length);
  if (told === null) return [];
  const { score, missingScore } = told;
  const isRegression = schema.classes.length === 0;
  const limits = isRegression ? knowsValue : knowsClass;
  const figure = isRegression ? `R² of ranks ${formatShare(score)}` : `AUC ${formatShare(score)}`;
  const exclude = `put it into "exclude", unless it is known when a prediction is asked for`;
  if (score >= limits.fail) {
    return [fail(`leak:${name}`, `"${name}" alone knows the label (${figure})`, exclude, { score })];
  }
  if (score >= limits.warn) {
    return [warn(`leak:${name}`, `"${name}" alone tells the label suspiciously well (${figure})`, exclude, { score })];
  }
  if (isRegression || missingScore < missingTells) return [];
  const text = `whether "${name}" is missing tells the label (AUC ${formatShare(missingScore)}): is it filled in after the outcome?`;
  return [warn(`leak:${name}`, text, exclude, { score, missingScore })];
}

/** null where the feature is no time, or one that is known with its row. */
function findLateTime({ name, type }: Feature, { table, eventMs, labelMs }: History): readonly Finding[] | null {
  const column = table.columns[name];
  if (type !== 'timestamp' || column?.kind !== 'numeric') return null;
  const exclude = `put it into "exclude", unless it is planned ahead of the row`;
  const afterLabel = labelMs === null ? 0 : shareAtOrAfter(column.values, labelMs);
  if (afterLabel >= nearlyAlways) {
    const text = `"${name}" is not before the label is known in ${percent(afterLabel)} of the rows`;
    return [fail(`leak:${name}`, text, exclude, { afterLabelShare: afterLabel })];
  }
  const afterRow = eventMs === null ? 0 : shareAfter(column.values, eventMs);
  if (afterRow < mostlyLater) return null;
  const text = `"${name}" lies after the row's own time in ${percent(afterRow)} of the rows`;
  return [warn(`leak:${name}`, text, exclude, { afterRowShare: afterRow })];
}

const shareAfter = (values: Float64Array, times: Float64Array): number => share(values, times, (a, b) => a > b);
const shareAtOrAfter = (values: Float64Array, times: Float64Array): number => share(values, times, (a, b) => a >= b);

/** Of the rows that have both. */
function share(values: Float64Array, times: Float64Array, holds: (value: number, time: number) => boolean): number {
  let both = 0;
  let held = 0;
  values.forEach((value, row) => {
    const time = times[row]!;
    if (Number.isNaN(value) || Number.isNaN(time)) return;
    both += 1;
    if (holds(value, time)) held += 1;
  });
  return both === 0 ? 0 : held / both;
}

function percent(value: number): string {
  return `${Math.round(100 * value)}%`;
}
