import { describe, expect, it } from 'vitest';
import { countCategorical, cutCategorical } from '../../../domain/drift/categorical-histogram.ts';
import { judgeDrift } from '../../../domain/drift/judge.ts';
import type { Windows } from '../../../domain/drift/judge.ts';
import { countNumeric, cutNumeric } from '../../../domain/drift/numeric-histogram.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import { createRng } from '../../../domain/math/rng.ts';

// The long form, with more columns, sizes and windows, is bench/simulate-drift.ts.

type Draw = (rng: () => number) => number;

const normal: Draw = (rng) => normalQuantile((rng() * 2 ** 32 + 0.5) / 2 ** 32);
const shifted: Draw = (rng) => normal(rng) + 0.5;
const zeroInflated: Draw = (rng) => (rng() < 0.9 ? 0 : Math.exp(2 * normal(rng)));
const zipf: Draw = (rng) => Math.floor(501 ** rng());
const id: Draw = (rng) => Math.floor(rng() * 1e9);

function numeric(rng: () => number, n: number, m: number, draw: Draw, changed = draw): Windows {
  const reference = Float64Array.from({ length: n }, () => draw(rng));
  const spec = cutNumeric(reference);
  const current = Float64Array.from({ length: m }, () => changed(rng));
  return { reference: countNumeric(spec, reference), current: countNumeric(spec, current) };
}

function categorical(rng: () => number, n: number, m: number, draw: Draw): Windows {
  const reference = Array.from({ length: n }, () => String(draw(rng)));
  const spec = cutCategorical(reference);
  const current = Array.from({ length: m }, () => String(draw(rng)));
  return { reference: countCategorical(spec, reference), current: countCategorical(spec, current) };
}

function countDrifted(windows: number, draw: (rng: () => number) => Windows): number {
  let drifted = 0;
  for (let seed = 0; seed < windows; seed++) {
    const { verdict } = judgeDrift({ features: [{ name: 'x', ...draw(createRng(seed)) }] });
    if (verdict.outcome === 'fail') drifted += 1;
  }
  return drifted;
}

/** What 5% of `windows` rarely exceeds: its mean and three standard deviations. */
const slack = (windows: number) => 0.05 * windows + 3 * Math.sqrt(0.05 * 0.95 * windows);

describe('judgeDrift on simulated windows', () => {
  it.each([
    { n: 200, m: 200, windows: 200 },
    { n: 1000, m: 200, windows: 200 },
    { n: 1000, m: 5000, windows: 60 },
    { n: 20_000, m: 20_000, windows: 10 },
  ])('calls at most 5% of $m rows against $n drifted when nothing changed', ({ n, m, windows }) => {
    for (const draw of [normal, zeroInflated]) {
      expect(countDrifted(windows, (rng) => numeric(rng, n, m, draw))).toBeLessThanOrEqual(slack(windows));
    }
    for (const draw of [zipf, id]) {
      expect(countDrifted(windows, (rng) => categorical(rng, n, m, draw))).toBeLessThanOrEqual(slack(windows));
    }
  });

  it('finds a shift by half a standard deviation in 200 rows, in at least 95% of windows', () => {
    expect(countDrifted(100, (rng) => numeric(rng, 5000, 200, normal, shifted))).toBeGreaterThanOrEqual(95);
  });
});
