import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeNumeric, countNumeric } from '../../../domain/drift/numeric-histogram.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { rocAuc } from '../../../domain/outcomes/metrics.ts';
import { compareCells } from '../../../domain/report/drift-summary.ts';
import { compareModels } from '../../../domain/report/comparison.ts';
import { describeRange } from '../../../domain/report/data-range.ts';
import { rankingCurves } from '../../../domain/report/ranking-curves.ts';
import { reliability, wilson } from '../../../domain/report/reliability.ts';
import { compareResiduals } from '../../../domain/report/residuals.ts';
import { thin } from '../../../domain/report/thin.ts';

describe('a thinned curve', () => {
  it('keeps its ends, and is no longer than asked for', () => {
    expect(thin([0, 1, 2, 3, 4], 3)).toEqual([0, 2, 4]);
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 2_000 }),
        fc.integer({ min: 2, max: 300 }),
        (values, most) => {
          const kept = thin(values, most);
          expect(kept).toHaveLength(Math.min(values.length, most));
          expect([kept[0], kept.at(-1)]).toEqual([values[0], values.at(-1)]);
        },
      ),
    );
  });
});

describe('ROC and precision over recall', () => {
  it('are what counting by hand gives, rows of equal score together', () => {
    const { roc, precisionRecall } = rankingCurves([0, 1, 1, 0], [0.1, 0.4, 0.9, 0.4])!;
    expect(roc).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0.5 },
      { x: 0.5, y: 1 },
      { x: 1, y: 1 },
    ]);
    expect(precisionRecall).toEqual([
      { x: 0.5, y: 1 },
      { x: 1, y: 2 / 3 },
      { x: 1, y: 0.5 },
    ]);
  });

  it('have the area that the ranks give', () => {
    const row = fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 150 }), (rows) => {
        const [labels, scores] = [rows.map(({ label }) => label), rows.map(({ score }) => score)];
        const curves = rankingCurves(labels, scores);
        const auc = rocAuc(labels, scores);
        expect(curves === null).toBe(auc === null);
        if (curves === null || auc === null) return;
        const area = curves.roc.slice(1).reduce((sum, { x, y }, index) => {
          const before = curves.roc[index]!;
          return sum + (x - before.x) * ((y + before.y) / 2);
        }, 0);
        expect(area).toBeCloseTo(auc, 12);
      }),
    );
  });

  it('are left out where one class is all there is, or a score is no number', () => {
    expect(rankingCurves([1, 1], [0.2, 0.3])).toBeNull();
    expect(rankingCurves([0, 1], [Number.NaN, 0.3])).toBeNull();
  });
});

describe('calibration in bins', () => {
  it('has intervals by Wilson', () => {
    const { low, high } = wilson(0, 10);
    expect([low, high]).toEqual([expect.closeTo(0, 12), expect.closeTo(0.2775, 4)]);
    expect(wilson(0.5, 100)).toMatchObject({ low: expect.closeTo(0.4038, 4), high: expect.closeTo(0.5962, 4) });
  });

  it('lies on the diagonal for probabilities that mean what they say', () => {
    const random = createRng(3);
    const values = Float64Array.from({ length: 20_000 }, () => random());
    const labels = values.map((p) => Number(random() < p));
    const bins = reliability('binary', labels, { width: 1, values });
    expect(bins).toHaveLength(10);
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000);
    for (const { predicted, observed } of bins) expect(Math.abs(predicted - observed)).toBeLessThan(0.03);
  });

  it('compares means for values, and the likeliest class where there are several', () => {
    const values = Array.from({ length: 100 }, (_, row) => row);
    const shifted = values.map((value) => value + 5);
    for (const { predicted, observed } of reliability('regression', shifted, { width: 1, values })) {
      expect(observed - predicted).toBeCloseTo(5, 9);
    }
    const probabilities = [0.2, 0.5, 0.3, 0.6, 0.2, 0.2];
    const [bin] = reliability('multiclass', [1, 2], { width: 3, values: probabilities });
    expect(bin).toMatchObject({ predicted: 0.5, observed: 1, rows: 1 });
  });
});

describe('residuals', () => {
  it('are counted whole, the far ones at the ends', () => {
    const labels = Array.from({ length: 1_000 }, (_, row) => (row === 0 ? 1e6 : Math.sin(row)));
    const { edges, challenger, champion } = compareResiduals(
      labels,
      labels.map(() => 0),
      null,
    );
    expect(champion).toBeNull();
    expect(edges).toHaveLength(31);
    expect(edges.at(-1)).toBeLessThan(10);
    expect(challenger.counts.reduce((sum, rows) => sum + rows, 0)).toBe(1_000);
  });
});

describe('the cells of a feature', () => {
  it('hold all rows of both windows, and are few', () => {
    const random = createRng(5);
    const draw = (shift: number) => Float64Array.from({ length: 5_000 }, () => random() + shift);
    const reference = describeNumeric(draw(0));
    const cells = compareCells(reference, countNumeric(reference.spec, draw(0.5)));
    expect(cells.length).toBeLessThanOrEqual(15);
    expect(cells.reduce((sum, cell) => sum + cell.reference, 0)).toBeCloseTo(1, 12);
    expect(cells.reduce((sum, cell) => sum + cell.current, 0)).toBeCloseTo(1, 12);
    expect(cells.at(-1)).toMatchObject({ name: 'above all seen', current: expect.closeTo(0.5, 1) });
  });

  it('name the commonest categories, and count the others together', () => {
    const top = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const counts = [...top.map((_, index) => 1 + index), 7, 3];
    const histogram = { spec: { kind: 'categorical', top } as const, counts };
    const cells = compareCells(histogram, histogram);
    expect(cells.map(({ name }) => name).slice(-3)).toEqual(['k9', 'other', 'missing']);
    expect(cells.find(({ name }) => name === 'other')?.reference).toBeCloseTo((45 + 7) / 220, 12);
  });
});

describe('the comparison of two models', () => {
  const base = {
    trainingLabels: { kind: 'classes', counts: [1, 1] } as const,
    challengerSimpler: false,
  };

  it('counts who was right, and where along the holdout', () => {
    const labels = [1, 1, 0, 0];
    const seen = compareModels(
      {
        ...base,
        task: 'binary',
        labels,
        champion: { width: 1, values: [0.9, 0.2, 0.1, 0.8] },
        challenger: { width: 1, values: [0.9, 0.8, 0.7, 0.9] },
      },
      ['no', 'yes'],
    );
    expect(seen.flips).toEqual({ bothRight: 1, onlyChallenger: 1, onlyChampion: 1, bothWrong: 1 });
    expect(seen.gain?.map(({ gain }) => gain)).toEqual([0, 0, 1, 0, 0]);
    expect(seen.metrics[0]).toEqual({ name: 'accuracy', better: 'higher', champion: 0.5, challenger: 0.5 });
  });

  it('tells recall and precision of every class where there are several', () => {
    const seen = compareModels(
      {
        ...base,
        task: 'multiclass',
        labels: [0, 0, 1, 2],
        champion: null,
        challenger: { width: 3, values: [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0] },
      },
      ['a', 'b', 'c'],
    );
    expect(seen.classes).toEqual([
      { name: 'a', rows: 2, recall: { champion: null, challenger: 0.5 }, precision: { champion: null, challenger: 1 } },
      {
        name: 'b',
        rows: 1,
        recall: { champion: null, challenger: 1 },
        precision: { champion: null, challenger: 1 / 3 },
      },
      {
        name: 'c',
        rows: 1,
        recall: { champion: null, challenger: 0 },
        precision: { champion: null, challenger: null },
      },
    ]);
    expect([seen.ranking, seen.flips, seen.gain, seen.residuals]).toEqual([null, null, null, null]);
  });

  it('asks of values whose error was the smaller', () => {
    const seen = compareModels(
      {
        ...base,
        task: 'regression',
        labels: [1, 2, 3],
        champion: { width: 1, values: [1, 0, 3] },
        challenger: { width: 1, values: [2, 2, 3] },
      },
      [],
    );
    expect(seen.flips).toEqual({ bothRight: 1, onlyChallenger: 1, onlyChampion: 1, bothWrong: 0 });
    expect(seen.residuals?.champion?.mean).toBeCloseTo(2 / 3, 12);
  });
});

describe('the time of rows', () => {
  const eventMs = [1_000, 2_000, Number.NaN];

  it('is event time where the file or the service has it', () => {
    expect(describeRange('history:00000000', 'history:00000001', eventMs, null)).toEqual({
      of: 'event time',
      fromMs: 1_000,
      toMs: 2_000,
    });
    expect(describeRange('history:00000001', '1760000000000-r1-a', eventMs, 9_000)).toMatchObject({ toMs: 9_000 });
  });

  it('is else when they were served, or unknown', () => {
    expect(describeRange('history:00000000', '1760000000000-r1-abcd000001', null, null)).toEqual({
      of: 'time of serving',
      fromMs: null,
      toMs: 1_760_000_000_000,
    });
    expect(describeRange('history:00000002', 'extract:7', eventMs, null)).toBeNull();
  });
});
