import { describe, expect, it } from 'vitest';
import { testAvailability } from '../../../domain/outcomes/label-availability.ts';
import vectors from '../../vectors/availability.json' with { type: 'json' };

function rowsOf(labelled: readonly number[], unlabelled: readonly number[]): { groups: string[]; labels: number[] } {
  const groups: string[] = [];
  const labels: number[] = [];
  for (const [index, count] of labelled.entries()) {
    const rows = count + (unlabelled[index] ?? 0);
    for (let row = 0; row < rows; row += 1) {
      groups.push(`g${index}`);
      labels.push(row < count ? 1 : Number.NaN);
    }
  }
  return { groups, labels };
}

describe('whether labels come as often whatever was answered', () => {
  it.each(vectors.cases)('agrees with scipy: $labelled of which $unlabelled have none', (one) => {
    const { groups, labels } = rowsOf(one.labelled, one.unlabelled);
    const found = testAvailability(groups, labels);
    expect(found?.chiSquared).toBeCloseTo(one.statistic, 9);
    expect(found?.df).toBe(one.df);
    expect(found?.pValue).toBeCloseTo(one.pValue, 10);
  });

  it('says by how much they differ, the group with the fewest labels first', () => {
    const { groups, labels } = rowsOf([90, 60], [10, 40]);
    const found = testAvailability(groups, labels);
    expect(found?.difference).toBeCloseTo(0.3, 12);
    expect(found?.groups.map(({ group }) => group)).toEqual(['g1', 'g0']);
  });

  it('can’t be said of one group, or of groups too small', () => {
    const { groups, labels } = rowsOf([90, 20], [10, 9]);
    expect(testAvailability(groups, labels)).toBeNull();
    expect(testAvailability([], [])).toBeNull();
  });

  it.each([
    ['all', [40, 40], [0, 0]],
    ['none', [0, 0], [40, 40]],
  ])('is no question where %s have a label', (_name, labelled, unlabelled) => {
    const { groups, labels } = rowsOf(labelled, unlabelled);
    expect(testAvailability(groups, labels)).toMatchObject({ chiSquared: 0, pValue: 1, difference: 0 });
  });
});
