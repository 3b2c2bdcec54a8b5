import { describe, expect, it } from 'vitest';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { checkFairness } from '../../../domain/gate/fairness/check-fairness.ts';
import { gapsOf, groupAnswers } from '../../../domain/gate/fairness/gaps.ts';
import { checkFlips } from '../../../domain/gate/flips/check-flips.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { checkSlices } from '../../../domain/gate/slices/check-slices.ts';
import { declareSlices } from '../../../domain/gate/slices/declared.ts';
import { discoverSlices } from '../../../domain/gate/slices/discover.ts';
import { partitionColumn, slicesOf } from '../../../domain/gate/slices/partition.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { Table } from '../../../domain/table.ts';
import { binaryEvidence, policy } from './cases.ts';

const declaredOnly = { ...policy, discoverSlices: false };
const regions = ['north', 'south', 'east', 'west'];

/** Better than the champion by five points everywhere but in the north, where it loses by `harm` points in 100. */
function harmedNorth(rows: number, harm: number, overrides: Partial<GateEvidence> = {}): GateEvidence {
  const random = createRng(11);
  const places = Array.from({ length: rows }, () => regions[Math.floor(random() * 4)]!);
  const ages = Array.from({ length: rows }, () => 18 + 60 * random());
  const labels = places.map(() => Number(random() < 0.5));
  const answer = (accuracy: (row: number) => number) => ({
    width: 1,
    values: labels.map((label, row) => {
      const answered = random() < accuracy(row) ? label : 1 - label;
      return answered === 1 ? 0.8 : 0.2;
    }),
  });
  const base = binaryEvidence({ both: 1, onlyChallenger: 1, onlyChampion: 0, neither: 0 });
  return {
    ...base,
    labels,
    champion: answer(() => 0.8),
    challenger: answer((row) => (places[row] === 'north' ? 0.8 - harm : 0.85)),
    inputs: {
      rowCount: rows,
      columns: {
        region: { kind: 'categorical', values: places },
        age: { kind: 'numeric', values: Float64Array.from(ages) },
      },
    },
    ...overrides,
  };
}

describe('declared slices', () => {
  const table: Table = {
    rowCount: 8,
    columns: {
      region: { kind: 'categorical', values: ['n', 'n', 's', 's', 's', null, 'w', 'w'] },
      day: { kind: 'numeric', values: Float64Array.of(1, 2, 1, 2, NaN, 1, 2, 1) },
      age: { kind: 'numeric', values: Float64Array.of(10, 20, 30, 40, 50, 60, 70, NaN) },
    },
  };

  it('are the categories of a column, or the rows that fit a condition', () => {
    const declared = declareSlices(
      [
        'region',
        'day',
        { column: 'age', from: 20, to: 40 },
        { column: 'region', values: ['n', 'w'] },
        { column: 'age', from: 55 },
      ],
      table,
      2,
    );
    expect(declared.slices.map(({ name, rows }) => [name, [...rows]])).toEqual([
      ['region = n', [0, 1]],
      ['region = s', [2, 3, 4]],
      ['region = w', [6, 7]],
      ['day = 1', [0, 2, 5, 7]],
      ['day = 2', [1, 3, 6]],
      ['age 20 to 40', [1, 2]],
      ['region = n or w', [0, 1, 6, 7]],
      ['age ≥ 55', [5, 6]],
    ]);
    expect(declared).toMatchObject({ tooSmall: 2, unknown: [] });
    expect(declareSlices(['height', 'constructor'], table, 2).unknown).toEqual(['height', 'constructor']);
  });

  it('of a number are quarters of its values, fewer where values are tied', () => {
    const quarters = partitionColumn('x', { kind: 'numeric', values: Float64Array.from({ length: 40 }, (_, i) => i) });
    expect(quarters.names).toEqual(['x < 10', 'x 10 to 20', 'x 20 to 30', 'x ≥ 30']);
    const tied = Float64Array.from({ length: 40 }, (_, i) => (i < 28 ? 0 : i));
    expect(partitionColumn('x', { kind: 'numeric', values: tied }).names).toEqual(['x < 30', 'x ≥ 30']);
  });

  it('of a million categories are counted, not judged', () => {
    const values = Array.from({ length: 1_000_000 }, (_, i) => (i < 100 ? 'often' : `c${i}`));
    const { slices, tooSmall } = slicesOf(partitionColumn('id', { kind: 'categorical', values }), 50);
    expect(slices.map(({ name }) => name)).toEqual(['id = often']);
    expect(tooSmall).toBe(999_900);
  });

  it('refuse a challenger that is better on the whole and harms one of them', () => {
    const evidence = harmedNorth(6_000, 0.05, { slices: ['region'] });
    const verdict = judgeGate(evidence, { ...declaredOnly, flipLimit: 10 });
    expect(verdict.checks[0]).toMatchObject({ name: 'paired-loss', outcome: 'pass' });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(
        /^challenger harms 1 of 4 slices by more than 1\.0 points: region = north: difference -\d\.\d points \(1,\d{3} rows, p (=|<) \.\d+ after Holm\)$/,
      ) as string,
    });
    const north = verdict.checks.find(({ name }) => name === 'slice:region = north')!;
    expect(north).toMatchObject({ outcome: 'fail', advisory: true });
    expect(north.interval!.high).toBeLessThan(0);
  });

  it('that are not among the inputs make it a person’s decision', () => {
    const [check] = checkSlices(harmedNorth(500, 0, { slices: ['height'] }), declaredOnly);
    expect(check).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('not among the inputs') as string,
    });
    expect(check!.advisory).toBeUndefined();
  });

  it('that are all too small are reported, and stop nothing', () => {
    expect(checkSlices(harmedNorth(60, 0, { slices: ['region'] }), declaredOnly)).toMatchObject([
      {
        outcome: 'inconclusive',
        advisory: true,
        reason: 'no slice can be judged: 4 declared are too small (under 50 rows)',
      },
    ]);
  });

  it('count whole blocks of rows where rows depend on each other', () => {
    const evidence = harmedNorth(6_000, 0.06, { slices: ['region'] });
    const blockOf = Array.from(evidence.labels, (_, row) => Math.floor(row / 1_000));
    const [check] = checkSlices({ ...evidence, blockOf }, declaredOnly);
    expect(check).toMatchObject({ outcome: 'inconclusive', advisory: true });
  });
});

describe('discovered slices', () => {
  it('are tested on rows that the search has not seen', () => {
    const { inputs } = harmedNorth(2_000, 0);
    const values = Float64Array.from({ length: 2_000 }, (_, row) =>
      inputs!.columns['region']!.values[row] === 'north' ? 1 : 0,
    );
    const found = discoverSlices(inputs!, { values, isZeroOne: true }, { margin: 0.01, minRows: 50, seed: 1 });
    expect(found[0]!.name).toBe('region = north');
    expect(found[0]!.rows.length).toBeLessThan(0.6 * values.filter((value) => value === 1).length);
  });

  it('refuse a challenger that nobody thought to watch there', () => {
    const [check] = checkSlices(harmedNorth(6_000, 0.12), policy);
    expect(check).toMatchObject({
      name: 'slices',
      outcome: 'fail',
      reason: expect.stringContaining('region = north') as string,
    });
  });

  it('can be a pair of columns, named once', () => {
    const evidence = harmedNorth(8_000, 0);
    const { region, age } = evidence.inputs!.columns;
    const values = Float64Array.from({ length: 8_000 }, (_, row) =>
      region!.values[row] === 'north' && Number(age!.values[row]) < 33 ? 1 : 0,
    );
    const [first] = discoverSlices(
      evidence.inputs!,
      { values, isZeroOne: true },
      { margin: 0.01, minRows: 50, seed: 1 },
    );
    expect(first!.name).toMatch(/^(region = north and age < \d+\.\d+|age < \d+\.\d+ and region = north)$/);
  });
});

describe('negative flips in slices', () => {
  it('refuse a challenger that trades one region for the others', () => {
    const checks = checkFlips(harmedNorth(6_000, 0.3, { slices: ['region'] }), policy);
    expect(checks.find(({ name }) => name === 'negative-flips:slices')).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(/^too many negative flips in \d of 4 slices; most in region = north: /) as string,
    });
  });
});

describe('fairness', () => {
  const sensitive = ['region'];

  /** Gives class 1 to the share of each region, whatever the label, for both models alike unless changed. */
  function answering(rows: number, champion: readonly number[], challenger: readonly number[]): GateEvidence {
    const evidence = harmedNorth(rows, 0, { sensitive });
    const random = createRng(3);
    const places = evidence.inputs!.columns['region']!.values;
    const give = (shares: readonly number[]) => ({
      width: 1,
      values: Array.from({ length: rows }, (_, row) =>
        random() < shares[regions.indexOf(String(places[row]))]! ? 0.7 : 0.3,
      ),
    });
    return { ...evidence, champion: give(champion), challenger: give(challenger) };
  }

  it('refuses a gap that is larger than the champion’s by more than the margin', () => {
    const checks = checkFairness(answering(4_000, [0.5, 0.5, 0.5, 0.5], [0.3, 0.5, 0.5, 0.5]), policy);
    expect(checks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['fairness:demographic-parity:region', 'fail'],
      ['fairness:equal-opportunity:region', 'fail'],
    ]);
    expect(checks[0]!.reason).toMatch(
      /^demographic parity difference over region is larger than the champion's by more than 2\.0 points: \d+\.\d points \(95% interval .* to .*\) against .*, 4 groups$/,
    );
  });

  it('lets a gap be that the champion had, too', () => {
    const checks = checkFairness(answering(4_000, [0.3, 0.5, 0.5, 0.5], [0.35, 0.5, 0.5, 0.5]), policy);
    expect(checks.map(({ outcome }) => outcome)).not.toContain('fail');
  });

  it('holds a first champion to the limit', () => {
    const first = { ...answering(4_000, [], [0.2, 0.5, 0.5, 0.5]), champion: null };
    expect(checkFairness(first, policy)[0]).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining('is above 10.0 points') as string,
    });
    const even = { ...answering(16_000, [], [0.5, 0.5, 0.5, 0.5]), champion: null };
    expect(checkFairness(even, policy).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });

  it('takes of several classes the answer with the largest gap', () => {
    const groupOf = Array.from({ length: 200 }, (_, row) => Number(row >= 100));
    const labels = groupOf.map((_, row) => row % 3);
    // Class 2 is given to nobody in group 1, and to those who should get it in group 0.
    const given = labels.map((label, row) => (label === 2 && row >= 100 ? 0 : label));
    const values = given.flatMap((answer) => [0, 1, 2].map((c) => (c === answer ? 1 : 0)));
    const grouped = groupAnswers({ task: 'multiclass', labels, groupOf, groups: 2, models: [{ width: 3, values }] });
    const { units, width, sums } = grouped.unitSums;
    const total = Float64Array.from({ length: width }, (_, k) =>
      Array.from({ length: units }, (__, u) => sums[u * width + k]!).reduce((a, b) => a + b, 0),
    );
    expect(gapsOf(total, grouped, 1, 0)).toEqual({ demographicParity: 0.33, equalOpportunity: 1 });
  });

  it('asks a person about a column that isn’t there, and reports groups that are too small', () => {
    const evidence = answering(4_000, [0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]);
    const [missing] = checkFairness({ ...evidence, sensitive: ['sex'] }, policy);
    expect(missing).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('not among the inputs') as string,
    });
    expect(missing!.advisory).toBeUndefined();
    expect(checkFairness(evidence, { ...policy, sliceMinRows: 3_000 })).toMatchObject([{ advisory: true }]);
  });
});
