import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferContract } from '../../../domain/quality/infer-contract.ts';
import { judgeQuality } from '../../../domain/quality/judge.ts';
import { defaultQualityPolicy } from '../../../domain/quality/policy.ts';
import type { Column, DataSchema } from '../../../domain/table.ts';
import type { Verdict } from '../../../domain/verdict.ts';

const anyNumber = fc.oneof(
  fc.constantFrom(
    Number.NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    1,
    1,
    1,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
  ),
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
);
const anyText = fc.oneof(fc.constantFrom('a', 'b', '', null, '__proto__'), fc.string({ maxLength: 2 }));
const rowCounts = fc.constantFrom(0, 1, 10, 199, 200, 450);
/** Few values, repeated: ties and constants are the rule. */
const numbersOf = (rows: number) =>
  fc
    .array(anyNumber, { minLength: 1, maxLength: 12 })
    .map((some) => Float64Array.from({ length: rows }, (_, row) => some[row % some.length]!));
const textsOf = (rows: number) =>
  fc
    .array(anyText, { minLength: 1, maxLength: 12 })
    .map((some) => Array.from({ length: rows }, (_, row) => some[row % some.length]!));
const anyRows = rowCounts.chain((rows) =>
  fc.record({
    x: numbersOf(rows),
    t: numbersOf(rows),
    c: textsOf(rows),
    labels: numbersOf(rows),
    rows: fc.constant(rows),
  }),
);

function tableOf({ x, t, c, rows }: { x: Float64Array; t: Float64Array; c: (string | null)[]; rows: number }) {
  const columns: Record<string, Column> = {
    x: { kind: 'numeric', values: x },
    t: { kind: 'numeric', values: t },
    c: { kind: 'categorical', values: c },
  };
  return { rowCount: rows, columns };
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Numbers are finite and sentences whole. */
function expectSound(verdict: Verdict): void {
  expect(numbersIn(verdict).filter((value) => !Number.isFinite(value))).toEqual([]);
  for (const { reason, pValue } of verdict.checks) {
    expect(reason).not.toMatch(/NaN|undefined|Infinity/);
    if (pValue !== undefined) expect(pValue >= 0 && pValue <= 1).toBe(true);
  }
}

const features: DataSchema['features'] = [
  { name: 'x', type: 'numeric' },
  { name: 't', type: 'timestamp' },
  { name: 'c', type: 'categorical' },
];

describe('data quality on any rows', () => {
  it.each([
    ['regression', []],
    ['binary', ['a', 'b']],
  ])('has finite numbers in contract and verdict: %s', (_, classes) => {
    const schema = { features, label: 'y', classes };
    fc.assert(
      fc.property(anyRows, anyRows, (training, live) => {
        const contract = inferContract({ schema, table: tableOf(training), labels: training.labels }, 200);
        expect(numbersIn(contract).filter((value) => !Number.isFinite(value))).toEqual([]);
        expectSound(
          judgeQuality(
            { inputs: tableOf(live), labels: { values: live.labels, matureShare: 0.95 } },
            contract,
            defaultQualityPolicy,
          ).verdict,
        );
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('never doubts the rows that the contract was learned from', () => {
    const schema = { features, label: 'y', classes: [] };
    fc.assert(
      fc.property(anyRows, (training) => {
        const table = tableOf(training);
        const contract = inferContract({ schema, table, labels: training.labels }, 10_000);
        const { signals } = judgeQuality({ inputs: table }, contract, defaultQualityPolicy);
        expect(signals).toEqual([]);
      }),
      { numRuns: 150, seed: 2 },
    );
  });

  it('does not depend on the order of rows within a stretch', () => {
    const schema = { features, label: 'y', classes: ['a', 'b'] };
    fc.assert(
      fc.property(anyRows, anyRows, (training, live) => {
        const contract = inferContract({ schema, table: tableOf(training), labels: training.labels }, 10_000);
        const turned = { ...live, x: live.x.toReversed(), t: live.t.toReversed(), c: live.c.toReversed() };
        const judge = (rows: typeof live) => judgeQuality({ inputs: tableOf(rows) }, contract, defaultQualityPolicy);
        expect(judge(turned).verdict.outcome).toBe(judge(live).verdict.outcome);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('keeps a contract small and quick where a feature has a million categories', () => {
    const rows = 1_000_000;
    const table = {
      rowCount: rows,
      columns: { id: { kind: 'categorical' as const, values: Array.from({ length: rows }, (_, row) => `id${row}`) } },
    };
    const schema: DataSchema = { features: [{ name: 'id', type: 'categorical' }], label: 'y', classes: [] };
    const contract = inferContract({ schema, table, labels: new Float64Array(rows) }, 2_000);
    expect(JSON.stringify(contract).length).toBeLessThan(50_000);
    const inputs = {
      rowCount: 500,
      columns: { id: { kind: 'categorical' as const, values: Array.from({ length: 500 }, (_, row) => `new${row}`) } },
    };
    expect(judgeQuality({ inputs }, contract, defaultQualityPolicy).signals).toEqual([]);
  });
});
