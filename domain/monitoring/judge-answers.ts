import { halfWidth, type Residuals } from '../answers/residuals.ts';
import { blockRowsOf, formBlocks } from '../gate/blocks.ts';
import { predictedClass } from '../gate/losses.ts';
import { testMean } from '../gate/mean-test.ts';
import { shareOf, testAvailability, type AvailabilityTest } from '../outcomes/label-availability.ts';
import type { Predictions } from '../task.ts';
import type { Finding } from './finding.ts';

/** Rows that are old enough to have their label, in prediction order, with NaN where none arrived. */
export interface AnsweredWindow {
  readonly versions: readonly string[];
  readonly outputs: Predictions;
  readonly labels: Float64Array;
}

/** A window is judged once; so rarely does it say something of a feed that is even, or of intervals that hold. */
const level = 0.01;
/** Smaller differences between shares of labelled rows bend an estimate little. */
const availabilityLimit = 0.1;
const fewestRows = 200;

/** Do labels come as often whatever was answered, and by whatever version? Where they don't, outcomes show only a part of the world. */
export function judgeAvailability(window: AnsweredWindow, classes: readonly string[]): readonly Finding[] {
  const { versions, outputs, labels } = window;
  const answered = versions.map((_, row) => `answer ${classes[predictedClass(outputs, row)] ?? ''}`);
  const tests = [
    ['what was answered', classes.length === 0 ? null : testAvailability(answered, labels)],
    ['the version', testAvailability(versions.map((version) => `version ${version}`), labels)], // prettier-ignore
  ] as const;
  return tests.flatMap(([by, test]) => (test === null || !isUneven(test) ? [] : [describeUneven(by, test)]));
}

function isUneven({ pValue, difference }: AvailabilityTest): boolean {
  return pValue <= level && difference >= availabilityLimit;
}

function describeUneven(by: string, { groups, pValue }: AvailabilityTest): Finding {
  const [least, most] = [groups[0]!, groups.at(-1)!];
  const percent = (share: number): string => `${Math.round(100 * share)}%`;
  const shares = `${percent(shareOf(least))} of ${least.group} against ${percent(shareOf(most))} of ${most.group}`;
  const reason = `labels depend on ${by}: they came for ${shares} (p = ${pValue.toPrecision(2)}); a control slice shows the rest`;
  return { kind: 'label-availability', reason, sources: [by] };
}

export interface IntervalPromise {
  readonly champion: string;
  readonly residuals: Residuals;
  readonly intervalLevel: number;
}

/** Do the champion's intervals hold as many outcomes as they promise? Student's test, on blocks where misses lean on each other. */
export function judgeIntervals(window: AnsweredWindow, promise: IntervalPromise): readonly Finding[] {
  const { champion, residuals, intervalLevel } = promise;
  const half = halfWidth(residuals, intervalLevel);
  if (half === null) return [];
  const { versions, outputs, labels } = window;
  const misses = labels
    .map((label, row) => (versions[row] === champion ? Number(Math.abs(label - outputs.values[row]!) > half) : -1))
    .filter((miss, row) => miss >= 0 && !Number.isNaN(labels[row]));
  if (misses.length < fewestRows) return [];
  const allowed = 1 - intervalLevel;
  const { blockOf } = formBlocks(misses.length, blockRowsOf(misses));
  const test = testMean(misses, allowed, level, blockOf);
  if (test === null || Math.abs(test.mean - allowed) < Math.max(0.02, allowed / 2)) return [];
  if (Math.min(test.pBeyond, test.pWithin) > level / 2) return [];
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  const found = `${percent(1 - test.mean)} of ${misses.length} outcomes lie in the intervals of version ${champion}`;
  const reason = `${found}, which promise ${percent(intervalLevel)}`;
  return [{ kind: 'performance-drift', reason, sources: ['interval-coverage'] }];
}
