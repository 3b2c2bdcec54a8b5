import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureRange } from '../../../domain/gate/coverage/training-range.ts';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { checkGuards } from '../../../domain/gate/guards.ts';
import type { Table } from '../../../domain/table.ts';
import { failureRate, equalModels } from '../../../simulations/guards.ts';
import { checkSlices } from '../../../domain/gate/slices/check-slices.ts';
import { policy } from './cases.ts';

const quick = { ...policy, bootstrapResamples: 30, sliceMinRows: 10 };

const columns = (rows: number): fc.Arbitrary<Table['columns']> =>
  fc.record({
    place: fc
      .array(fc.oneof(fc.constantFrom('a', 'b', null, '__proto__'), fc.string({ maxLength: 2 })), sized(rows))
      .map((values) => ({ kind: 'categorical' as const, values })),
    heat: fc
      .array(fc.oneof(fc.double(), fc.integer({ min: 0, max: 3 })), sized(rows))
      .map((values) => ({ kind: 'numeric' as const, values: Float64Array.from(values) })),
    flat: fc.constant({ kind: 'numeric' as const, values: new Float64Array(rows).fill(7) }),
    empty: fc.constant({ kind: 'numeric' as const, values: new Float64Array(rows).fill(NaN) }),
  });

const sized = (rows: number) => ({ minLength: rows, maxLength: rows });

/** Judgeable predictions, one class and ties included, with any inputs. */
const anyGuarded: fc.Arbitrary<GateEvidence> = fc
  .record({
    rows: fc.integer({ min: 1, max: 120 }),
    classes: fc.constantFrom(0, 2, 3),
    blocks: fc.boolean(),
    first: fc.boolean(),
  })
  .chain(({ rows, classes, blocks, first }) => {
    const width = classes === 3 ? 3 : 1;
    const value =
      classes === 0 ? fc.double({ min: -1e6, max: 1e6, noNaN: true }) : fc.constantFrom(0, 0.2, 0.5, 0.9, 1);
    const predictions = fc.array(value, sized(rows * width)).map((values) => ({ width, values }));
    return fc.record({
      task: fc.constant(classes === 0 ? 'regression' : classes === 2 ? 'binary' : 'multiclass'),
      labels: fc.array(fc.nat(classes === 0 ? 50 : classes - 1), sized(rows)),
      champion: first ? fc.constant(null) : predictions,
      challenger: predictions,
      trainingLabels: fc.constant({ kind: 'values', mean: 0 } as const),
      challengerSimpler: fc.constant(false),
      inputs: columns(rows).map((some) => ({ rowCount: rows, columns: some })),
      trainingRange: columns(20).map((some) => measureRange(schema, { rowCount: 20, columns: some })),
      liveCoverage: fc.constant({ rows: 0, outside: 0 }),
      slices: fc.constant(['place', 'flat', 'empty', { column: 'heat', from: 1 }, { column: 'place', values: ['a'] }]),
      sensitive: fc.constant(['place', 'heat', 'flat']),
      ...(blocks && { blockOf: fc.array(fc.nat(30), sized(rows)) }),
    }) as fc.Arbitrary<GateEvidence>;
  });

const schema = {
  features: ['place', 'heat', 'flat', 'empty'].map((name) => ({
    name,
    type: name === 'place' ? ('categorical' as const) : ('numeric' as const),
  })),
  label: 'y',
  classes: [],
};

describe('whatever the inputs', () => {
  it('guards carry finite figures and a plain reason', () => {
    fc.assert(
      fc.property(anyGuarded, (evidence) => {
        for (const check of checkGuards(evidence, quick)) {
          expect(JSON.parse(JSON.stringify(check))).toEqual(check);
          expect(check.reason).not.toMatch(/NaN|Infinity|undefined/);
          const { pValue = 0, effectSize = 0, interval = { low: 0, high: 0 } } = check;
          expect([pValue, effectSize, interval.low, interval.high].every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a model that answers as the champion does is never refused', () => {
    fc.assert(
      fc.property(anyGuarded, (evidence) => {
        const checks = checkGuards({ ...evidence, challenger: evidence.champion ?? evidence.challenger }, quick);
        const refusing = checks.filter(({ outcome, advisory }) => outcome === 'fail' && !advisory);
        if (evidence.champion) expect(refusing).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('two hundred slices of equal models seldom refuse one', () => {
    // The mean of 40 runs at .05 stays below .15 in 99% of seeds; this seed is fixed.
    expect(failureRate(40, 12, equalModels, checkSlices, { sliceMargin: 0 })).toBeLessThan(0.15);
  });
});
