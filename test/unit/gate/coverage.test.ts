import { describe, expect, it } from 'vitest';
import { checkCoverage } from '../../../domain/gate/coverage/check-coverage.ts';
import { measureCoverage, measureRange } from '../../../domain/gate/coverage/training-range.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';
import { binaryEvidence, policy } from './cases.ts';

const schema: DataSchema = {
  features: [
    { name: 'heat', type: 'numeric' },
    { name: 'place', type: 'categorical' },
    { name: 'at', type: 'timestamp' },
    { name: 'empty', type: 'numeric' },
  ],
  label: 'y',
  classes: ['0', '1'],
};

const tableOf = (heat: number[], place: (string | null)[]): Table => ({
  rowCount: heat.length,
  columns: {
    heat: { kind: 'numeric', values: Float64Array.from(heat) },
    place: { kind: 'categorical', values: place },
    at: { kind: 'numeric', values: Float64Array.from(heat, (_, i) => 1e12 + i) },
    empty: { kind: 'numeric', values: Float64Array.from(heat, () => NaN) },
  },
});

const range = measureRange(schema, tableOf([1, 5, NaN], ['a', 'b', null]));

describe('the training range', () => {
  it('holds what was seen, but no times, and nothing of a column without values', () => {
    expect(range).toEqual({
      heat: { kind: 'numeric', low: 1, high: 5 },
      place: { kind: 'categorical', categories: new Set(['a', 'b']) },
    });
  });

  it('is left by values beyond it and by unseen categories, not by missing ones', () => {
    const coverage = measureCoverage(tableOf([1, 0, 6, NaN, 3, 9], ['a', 'a', null, 'b', 'c', 'c']), range);
    expect([...coverage.isOutside]).toEqual([0, 1, 1, 0, 1, 1]);
    expect(coverage).toMatchObject({
      outside: 4,
      byFeature: [
        { name: 'heat', rows: 3 },
        { name: 'place', rows: 2 },
      ],
    });
  });
});

describe('coverage in the gate', () => {
  const evidence = binaryEvidence({ both: 1500, onlyChallenger: 100, onlyChampion: 60, neither: 340 });
  const rows = evidence.labels.length;
  const wrong = Array.from(evidence.labels, (label, row) =>
    Number(Math.round(Number(evidence.challenger.values[row])) !== label),
  );
  const inside = Array.from({ length: rows }, () => 'a');

  it('tells how good the challenger is on rows unlike its training rows, and stops nothing', () => {
    const heat = wrong.map((isWrong, row) => (isWrong === 1 && row % 2 === 0 ? 9 : 3));
    const [check] = checkCoverage(
      { ...evidence, inputs: tableOf(heat, inside), trainingRange: range, liveCoverage: { rows: 1_000, outside: 31 } },
      policy,
    );
    expect(check).toMatchObject({ name: 'coverage', outcome: 'fail', advisory: true });
    expect(check!.reason).toMatch(
      /^\d+ of 2,000 holdout rows \(\d+\.\d%\) are outside the training range, mostly by heat \(\d+\): accuracy \.000 there and \.\d+ inside \(champion \.\d+ and \.\d+\); 31 of 1,000 newest predictions \(3\.1%\) are outside the training range$/,
    );
  });

  it('passes where every row is inside, and leaves open what a few rows can’t tell', () => {
    const none = {
      ...evidence,
      inputs: tableOf(
        wrong.map(() => 3),
        inside,
      ),
      trainingRange: range,
    };
    expect(checkCoverage(none, policy)).toMatchObject([
      { outcome: 'pass', reason: '0 of 2,000 holdout rows (0.0%) are outside the training range' },
    ]);
    const few = {
      ...none,
      inputs: tableOf(
        wrong.map((_, row) => (row < 5 ? 9 : 3)),
        inside,
      ),
    };
    expect(checkCoverage(few, policy)).toMatchObject([{ outcome: 'inconclusive', advisory: true }]);
    const all = {
      ...none,
      inputs: tableOf(
        wrong.map(() => 9),
        inside,
      ),
    };
    expect(checkCoverage(all, policy)).toMatchObject([
      { outcome: 'inconclusive', reason: expect.stringContaining('none inside') as string },
    ]);
  });
});
