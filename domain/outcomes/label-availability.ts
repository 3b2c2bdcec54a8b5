import { chiSquaredSurvival } from '../math/chi-squared.ts';
import { pearson } from '../drift/significance.ts';

export interface GroupAvailability {
  readonly group: string;
  readonly rows: number;
  readonly labelled: number;
}

export interface AvailabilityTest {
  /** Groups of enough rows, the one with the smallest share of labels first. */
  readonly groups: readonly GroupAvailability[];
  /** Pearson's, without a correction for continuity. */
  readonly chiSquared: number;
  readonly df: number;
  readonly pValue: number;
  /** Largest share of labelled rows minus the smallest. */
  readonly difference: number;
}

/** Groups of fewer rows say too little. */
const minGroupRows = 30;

/**
 * Do rows get their label as often whatever was answered to them? Where they don't, labels show what the decisions let be seen: a
 * loan that was refused is never repaid. Pearson's chi-squared test of equal shares of labelled rows. Null with fewer than two groups
 * of 30 rows.
 *
 * Example: 90 of 100 rows against 60 of 100: χ² = 24, p = 9.6e-7, difference .3.
 *
 * @param labels NaN where none arrived; of rows that are old enough to have one
 */
export function testAvailability(groupOf: readonly string[], labels: ArrayLike<number>): AvailabilityTest | null {
  const counts = new Map<string, { rows: number; labelled: number }>();
  for (const [row, group] of groupOf.entries()) {
    const count = counts.get(group) ?? { rows: 0, labelled: 0 };
    count.rows += 1;
    if (!Number.isNaN(labels[row]!)) count.labelled += 1;
    counts.set(group, count);
  }
  const groups = [...counts]
    .map(([group, count]) => ({ group, ...count }))
    .filter(({ rows }) => rows >= minGroupRows)
    .sort((a, b) => shareOf(a) - shareOf(b));
  if (groups.length < 2) return null;
  const labelled = groups.reduce((sum, group) => sum + group.labelled, 0);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const isOne = labelled === 0 || labelled === rows;
  const chiSquared = isOne ? 0 : pearson(groups.map((group) => [group.rows - group.labelled, group.labelled] as const));
  const df = groups.length - 1;
  const difference = shareOf(groups.at(-1)!) - shareOf(groups[0]!);
  return { groups, chiSquared, df, pValue: chiSquaredSurvival(chiSquared, df), difference };
}

export function shareOf({ rows, labelled }: GroupAvailability): number {
  return labelled / rows;
}
