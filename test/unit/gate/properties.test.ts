import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLosses } from '../../../domain/gate/comparison.ts';
import { compareAuc } from '../../../domain/gate/delong.ts';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { testMcNemar, countDiscordant } from '../../../domain/gate/mcnemar.ts';
import type { Task } from '../../../domain/task.ts';
import { policy } from './cases.ts';

const quick = { ...policy, bootstrapResamples: 50, minRows: 20 };

const primary = { kind: 'error', range: 1, best: 0 } as const;

const zeroOnePairs = fc
  .array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 300 })
  .map((rows) => [Float64Array.from(rows, (row) => row[0]), Float64Array.from(rows, (row) => row[1])] as const);

/** Evidence of any kind, wild values included. */
const anyEvidence: fc.Arbitrary<GateEvidence> = fc
  .record({
    task: fc.constantFrom<Task>('binary', 'multiclass', 'regression'),
    rows: fc.nat(60),
    blocks: fc.boolean(),
    first: fc.boolean(),
  })
  .chain(({ task, rows, blocks, first }) => {
    const width = task === 'multiclass' ? 3 : 1;
    const value =
      task === 'regression'
        ? fc.double()
        : fc.oneof({ weight: 20, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }, fc.double());
    const label = task === 'regression' ? fc.oneof(fc.integer(), fc.double()) : fc.nat(task === 'binary' ? 1 : 2);
    const predictions = fc
      .array(value, { minLength: rows * width, maxLength: rows * width })
      .map((values) => ({ width, values }));
    return fc.record({
      task: fc.constant(task),
      labels: fc.array(label, { minLength: rows, maxLength: rows }),
      champion: first ? fc.constant(null) : predictions,
      challenger: predictions,
      trainingLabels:
        task === 'regression'
          ? fc.record({ kind: fc.constant('values' as const), mean: fc.double({ min: -1e6, max: 1e6 }) })
          : fc.record({
              kind: fc.constant('classes' as const),
              counts: fc.array(fc.nat(9), { minLength: 2, maxLength: 3 }),
            }),
      challengerSimpler: fc.boolean(),
      ...(blocks && { blockOf: fc.array(fc.nat(30), { minLength: rows, maxLength: rows }) }),
    });
  });

describe('whatever the evidence', () => {
  it('swapping the models mirrors the comparison', () => {
    fc.assert(
      fc.property(zeroOnePairs, ([a, b]) => {
        const there = compareLosses({ primary, reference: a, challenger: b }, quick);
        const back = compareLosses({ primary, reference: b, challenger: a }, quick);
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(testMcNemar(...countDiscordant(b, a)).pValueWorse).toBe(there.pValue);
        expect(there.significantlyBetter && back.significantlyBetter).toBe(false);
        expect(back.variancePerRow).toBeCloseTo(there.variancePerRow, 12);
      }),
    );
  });

  it('the order of rows does not matter to McNemar nor to the AUC', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.nat(5), fc.nat(5)), { minLength: 4, maxLength: 80 }), (rows) => {
        const column = (of: typeof rows, k: 0 | 1 | 2) => Float64Array.from(of, (row) => row[k]);
        const turned = rows.toReversed();
        expect(countDiscordant(column(turned, 1), column(turned, 2))).toEqual(
          countDiscordant(column(rows, 1), column(rows, 2)),
        );
        const auc = (of: typeof rows) => compareAuc(column(of, 0), column(of, 1), column(of, 2))?.difference ?? 0;
        expect(auc(turned)).toBeCloseTo(auc(rows), 12);
      }),
    );
  });

  it('every figure in a verdict is finite, and the verdict survives JSON', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const verdict = judgeGate(evidence, quick);
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
        for (const word of ['NaN', 'Infinity', 'undefined'])
          if (!verdict.reason.includes(' predicts ') && !verdict.reason.startsWith('label of'))
            expect(verdict.reason).not.toContain(word);
        for (const check of verdict.checks) expect(findNonFinite(check)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function findNonFinite(value: object): string[] {
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'number'
      ? Number.isFinite(item)
        ? []
        : [key]
      : item && typeof item === 'object'
        ? findNonFinite(item)
        : [],
  );
}
