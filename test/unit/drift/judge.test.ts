import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCategorical, cutCategorical } from '../../../domain/drift/categorical-histogram.ts';
import { judgeDrift } from '../../../domain/drift/judge.ts';
import type { Windows } from '../../../domain/drift/judge.ts';
import { countNumeric, cutNumeric } from '../../../domain/drift/numeric-histogram.ts';
import { defaultDriftPolicy } from '../../../domain/drift/policy.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { anyNumbers, anyText } from './arbitraries.ts';

function numeric(reference: ArrayLike<number>, current: ArrayLike<number>): Windows {
  const spec = cutNumeric(reference);
  return { reference: countNumeric(spec, reference), current: countNumeric(spec, current) };
}

function categorical(reference: ArrayLike<string | null>, current: ArrayLike<string | null>): Windows {
  const spec = cutCategorical(reference);
  return { reference: countCategorical(spec, reference), current: countCategorical(spec, current) };
}

function normal(seed: number, rows: number, mean = 0): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: rows }, () => mean + normalQuantile(rng()));
}

const judgeOne = (windows: Windows, policy = defaultDriftPolicy) =>
  judgeDrift({ features: [{ name: 'x', ...windows }] }, policy);

describe('judgeDrift', () => {
  it('finds the feature that moved, and says so with the figures', () => {
    const report = judgeDrift({
      features: [
        { name: 'pressure', ...numeric(normal(1, 5000), normal(2, 1000)) },
        { name: 'temperature', ...numeric(normal(3, 5000), normal(4, 1000, 0.8)) },
      ],
    });
    expect(report.verdict.outcome).toBe('fail');
    expect(report.drifted).toEqual([{ feature: 'temperature', effectSize: expect.closeTo(0.73, 2), rank: 1 }]);
    expect(report.verdict.reason).toMatchInlineSnapshot(
      `"1 of 2 features has drifted; first, temperature has drifted: debiased PSI 0.73 (limit 0.1), moved 0.8 sd (limit 0.1), p = 3e-106, 1,000 against 5,000 rows"`,
    );
    expect(report.verdict.checks.map(({ reason }) => reason)).toMatchInlineSnapshot(`
      [
        "pressure has not drifted: debiased PSI 0.004 (limit 0.1), moved 0.019 sd (limit 0.1), p = 0.28, 1,000 against 5,000 rows",
        "temperature has drifted: debiased PSI 0.73 (limit 0.1), moved 0.8 sd (limit 0.1), p = 3e-106, 1,000 against 5,000 rows",
      ]
    `);
  });

  it('ranks by importance times effect', () => {
    const features = [
      { name: 'far', ...numeric(normal(1, 2000), normal(2, 2000, 1)), importance: 0.1 },
      { name: 'near', ...numeric(normal(3, 2000), normal(4, 2000, 0.5)), importance: 0.9 },
    ];
    expect(judgeDrift({ features }).drifted.map(({ feature }) => feature)).toEqual(['near', 'far']);
    expect(judgeDrift({ features: features.map(({ importance: _, ...rest }) => rest) }).drifted[0]?.feature).toBe(
      'far',
    );
  });

  it('lets a significant difference pass that is too small to matter', () => {
    const { verdict } = judgeOne(numeric(normal(1, 200_000), normal(2, 200_000, 0.05)));
    expect(verdict.outcome).toBe('pass');
    expect(verdict.checks[0]!.pValue).toBeLessThan(1e-10);
    expect(verdict.checks[0]!.reason).toContain('x differs, but too little to matter');
  });

  it('is inconclusive below the smallest window, on either side, and names the rows it needs', () => {
    for (const windows of [numeric(normal(1, 5000), normal(2, 199, 3)), numeric(normal(1, 199), normal(2, 5000, 3))]) {
      const { verdict, drifted } = judgeOne(windows);
      expect(verdict.outcome).toBe('inconclusive');
      expect(verdict.reason).toMatch(/^x can't be judged: .* rows, and each window needs 200$/);
      expect(drifted).toEqual([]);
    }
  });

  it('is inconclusive without features', () => {
    expect(judgeDrift({ features: [] }).verdict.outcome).toBe('inconclusive');
  });

  it('judges the predictions apart from the features', () => {
    const still = numeric(normal(1, 1000), normal(2, 1000));
    const report = judgeDrift({
      features: [{ name: 'x', ...still }],
      prediction: numeric(normal(1, 1000), normal(2, 1000, 1)),
    });
    expect(report.verdict.outcome).toBe('pass');
    expect(report.prediction).toMatchObject({ name: 'drift:prediction', outcome: 'fail' });
    expect(judgeOne(still).prediction).toBeNull();
  });

  it.each([
    {
      what: 'a category never seen before',
      windows: (n: number) => categorical(fill('a', n), [...fill('a', 700), ...fill('new', 300)]),
    },
    {
      what: 'missing values',
      windows: (n: number) => numeric(normal(1, n), [...normal(2, 700), ...new Array<number>(300).fill(NaN)]),
    },
    {
      what: 'a constant that varies',
      windows: (n: number) =>
        numeric(new Array<number>(n).fill(5), [...new Array<number>(700).fill(5), ...normal(2, 300)]),
    },
    {
      what: 'values out of range',
      windows: (n: number) => numeric(normal(1, n), [...normal(2, 700), ...normal(3, 300, 100)]),
    },
    {
      what: 'infinite values',
      windows: (n: number) => numeric(normal(1, n), [...normal(2, 700), ...new Array<number>(300).fill(Infinity)]),
    },
  ])('sees $what against a reference of any length', ({ windows }) => {
    for (const referenceRows of [300, 3000, 300_000])
      expect(judgeOne(windows(referenceRows)).verdict.outcome).toBe('fail');
  });

  it('says how small a shift it could have seen, and how many rows the smallest that matters needs', () => {
    const [few] = judgeOne(numeric(normal(1, 20_000), normal(2, 300))).verdict.checks;
    const [many] = judgeOne(numeric(normal(1, 20_000), normal(2, 8000))).verdict.checks;
    expect(many!.smallestVisibleEffect!).toBeLessThan(few!.smallestVisibleEffect!);
    expect(many!.rowsNeeded!).toBeGreaterThan(1000);
    expect(many!.rowsNeeded!).toBeLessThan(8000);
  });

  it('gives no effect to identical windows, and no drift', () => {
    fc.assert(
      fc.property(anyNumbers, anyText, fc.integer({ min: 20, max: 60 }), (numbers, text, times) => {
        const rows = [...new Array<number>(60).fill(1), ...numbers].flatMap((value) =>
          new Array<number>(times).fill(value),
        );
        const words = ['a', ...text].flatMap((value) => new Array<string | null>(times * 10).fill(value));
        for (const windows of [numeric(rows, rows), categorical(words, words)]) {
          const [check] = judgeOne(windows).verdict.checks;
          expect(check).toMatchObject({ outcome: 'pass', effectSize: 0, pValue: 1 });
        }
      }),
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(anyNumbers, anyNumbers, (reference, current) => {
        const reversed = numeric(reference.toReversed(), current.toReversed());
        expect(judgeOne(reversed, lenient)).toEqual(judgeOne(numeric(reference, current), lenient));
      }),
    );
  });

  it('never answers NaN or an infinity, whatever the columns hold', () => {
    fc.assert(
      fc.property(anyNumbers, anyNumbers, anyText, anyText, (a, b, c, d) => {
        const features = [
          { name: 'number', ...numeric(a, b) },
          { name: 'text', ...categorical(c, d) },
        ];
        const report = judgeDrift({ features, prediction: numeric(b, a) }, lenient);
        for (const check of [...report.verdict.checks, report.prediction!]) {
          const numbers = Object.values(check).filter((value) => typeof value === 'number');
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(check.reason).not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Judges windows of any length, so that every path is walked. */
const lenient = { ...defaultDriftPolicy, minRows: 0 };

function fill(category: string, rows: number): string[] {
  return new Array<string>(rows).fill(category);
}
