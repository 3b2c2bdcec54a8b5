import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockRowsOf, chooseGateBlockRows, formBlocks } from '../../../domain/gate/blocks.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { promotionsInWeather, run } from '../../../simulations/gate-blocks.ts';
import { binaryEvidence, policy, regressionEvidence } from './cases.ts';

const clearlyBetter = { both: 1500, onlyChallenger: 200, onlyChampion: 80, neither: 220 };

function autoregression(rho: number, rows: number, seed: number): Float64Array {
  const random = createRng(seed);
  let value = 0;
  return Float64Array.from({ length: rows }, () => (value = rho * value + random() - 0.5));
}

describe('blockRowsOf', () => {
  it('is 1 for independent values, and a thirtieth of the holdout for dependent ones', () => {
    expect(blockRowsOf(autoregression(0, 3_000, 4))).toBe(1);
    expect(blockRowsOf(autoregression(0.9, 3_000, 1))).toBe(100);
  });

  it('takes independent values for dependent in about one series of ten', () => {
    const found = Array.from({ length: 200 }, (_, seed) => blockRowsOf(autoregression(0, 1_200, seed)));
    const taken = found.filter((rows) => rows > 1);
    expect(taken.length).toBeLessThan(32);
    expect(taken.every((rows) => rows <= 160)).toBe(true);
  });

  it('sees a slow dependence that is lost in the noise of right and wrong answers', () => {
    const random = createRng(3);
    const slow = autoregression(0.99, 6_000, 2);
    const answers = slow.map((value) => (random() < 0.5 + 0.1 * Math.sign(value) ? 1 : -1));
    expect(blockRowsOf(answers)).toBeGreaterThanOrEqual(200);
  });

  it('leaves fewer blocks than the gate judges on where the dependence reaches across the whole holdout', () => {
    const walk = autoregression(1, 900, 3);
    expect(900 / blockRowsOf(walk)).toBeLessThan(7);
  });

  it.each([
    ['a short series', autoregression(0.9, 59, 1)],
    ['a constant one', new Float64Array(1_000).fill(1 / 3)],
    [
      'one with a gap',
      Float64Array.from(autoregression(0.9, 900, 1), (value, row) => (row === 7 ? Number.NaN : value)),
    ],
  ])('is 1 for %s', (_, series) => expect(blockRowsOf(series)).toBe(1));

  it('depends neither on the unit nor on the sign of the values', () => {
    fc.assert(
      fc.property(fc.integer({ max: 1_000 }), fc.double({ min: 0, max: 0.99, noNaN: true }), (seed, rho) => {
        const series = autoregression(rho, 400, seed);
        const turned = series.map((value) => -8 * value);
        expect(blockRowsOf(turned)).toBe(blockRowsOf(series));
      }),
      { numRuns: 50 },
    );
  });
});

describe('chooseGateBlockRows', () => {
  it('is what the policy says where it names a number', () => {
    expect(chooseGateBlockRows(binaryEvidence(clearlyBetter), { ...policy, blockRows: 48 })).toBe(48);
  });

  it.each([{}, { champion: null }])(
    'looks at answers and probabilities, of classes and values alike, with %o',
    (champion) => {
      const automatic = { ...policy, primary: 'either' as const };
      for (const evidence of [binaryEvidence(clearlyBetter, champion), regressionEvidence(2_000, 5, 5, champion)]) {
        expect([1, 66]).toContain(chooseGateBlockRows(evidence, automatic));
      }
    },
  );

  it('holds the exam of a first champion on fifteen blocks at least', () => {
    const evidence = binaryEvidence(clearlyBetter);
    // Wrong for a long stretch, right for another.
    const values = Array.from(evidence.labels, (label, row) => (row < 1_000 ? 1 - label : label));
    const strange = { ...evidence, challenger: { width: 1, values } };
    expect(chooseGateBlockRows(strange, policy)).toBe(8 * 66);
    expect(chooseGateBlockRows({ ...strange, champion: null }, policy)).toBe(2 * 66);
  });

  it('leaves evidence that is broken to the judge', () => {
    const broken = binaryEvidence(clearlyBetter, { challenger: { width: 1, values: [Number.NaN] } });
    expect(chooseGateBlockRows(broken, policy)).toBeGreaterThanOrEqual(1);
    expect(judgeGate(broken, policy).outcome).toBe('fail');
  });
});

describe('a gate on blocks', () => {
  it('says in how many blocks its rows were taken', () => {
    const verdict = judgeGate(binaryEvidence(clearlyBetter, formBlocks(2_000, 50)), policy);
    expect(verdict.reason).toContain('2,000 rows in 40 blocks, p ');
  });

  it('promotes far fewer equals where rows depend than one that counts them one by one', () => {
    const quick = { ...policy, bootstrapResamples: 100 };
    const rates = promotionsInWeather(150, 5, { rows: 2_000, rho: 0.95, strength: 1, gain: 0 }, quick);
    expect(rates.rows).toBeGreaterThan(0.12);
    expect(rates.blocks).toBeLessThan(0.1);
  });
});

describe('blocks on simulated holdouts', () => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
