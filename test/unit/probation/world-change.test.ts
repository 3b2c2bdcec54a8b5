import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import type { HoldoutRisk } from '../../../domain/outcomes/holdout-risk.ts';
import { judgeProbation } from '../../../domain/probation/judge.ts';
import { observePairs } from '../../../domain/probation/observe.ts';
import { defaultProbationPolicy as policy } from '../../../domain/probation/policy.ts';
import { initialProbation, type LossPair } from '../../../domain/probation/state.ts';
import { expectRisk } from '../../../domain/probation/validated-risk.ts';

const holdout: HoldoutRisk = { mean: 0.18, rows: 2_000, blockRows: 1, upperBound: 0.2 };
const start = expectRisk(initialProbation({ ...policy, blockLabels: 1 }, 'binary'), holdout);

/** Both wrong at the given rate, and each alone in 2 rows of 100 beside. */
function draw(labels: number, bothWrong: number, seed: number, onlyNew = 0.02): LossPair[] {
  const random = createRng(seed);
  return Array.from({ length: labels }, () => {
    const where = random();
    if (where < bothWrong) return { newLoss: 1, oldLoss: 1 };
    if (where < bothWrong + onlyNew) return { newLoss: 1, oldLoss: 0 };
    return { newLoss: 0, oldLoss: Number(where < bothWrong + onlyNew + 0.02) };
  });
}

const promise = (state: typeof start) => judgeProbation(state).checks.find(({ name }) => name === 'absolute-risk');

describe('a world that got harder for both', () => {
  it('confirms the new model, and says so in a sentence with the figures', () => {
    const verdict = judgeProbation(observePairs(start, draw(4_000, 0.35, 1)));
    expect(verdict.outcome).toBe('confirmed');
    expect(verdict.worldChanged).toMatch(
      /^the world has changed: error \.3\d+ where its holdout promised at most \.21\d* \(e-value [\d,.]+ at label [\d,]+\), and its predecessor's is \.3\d+ on the same rows$/,
    );
    expect(verdict.checks.at(-1)).toMatchObject({ name: 'absolute-risk', outcome: 'fail' });
  });

  it('is seen in losses of regression too, on the scale of the holdout', () => {
    const patient = { ...policy, blockLabels: 1 };
    const scaled = expectRisk(initialProbation(patient, 'regression', 50), holdout);
    const pairs = draw(3_000, 0.4, 2).map(({ newLoss, oldLoss }) => ({ newLoss: 50 * newLoss, oldLoss: 50 * oldLoss }));
    expect(judgeProbation(observePairs(scaled, pairs)).worldChanged).toMatch(/^the world has changed: scaled loss/);
  });

  it('needs the evidence of whole blocks where labels lean on each other', () => {
    const pairs = Array.from({ length: 40 }, () => ({ newLoss: 1, oldLoss: 1 }));
    expect(observePairs(start, pairs).validated?.alarm).not.toBeNull();
    const blocked = initialProbation({ ...policy, blockLabels: 24 }, 'binary');
    expect(observePairs(expectRisk(blocked, holdout), pairs).validated?.alarm).toBeNull();
  });
});

describe('no changed world', () => {
  it('is seen where the new model keeps its promise', () => {
    const state = observePairs(start, draw(4_000, 0.15, 3));
    expect(judgeProbation(state)).toMatchObject({ outcome: 'confirmed', worldChanged: null });
    expect(promise(state)).toMatchObject({ outcome: 'pass' });
  });

  it('is what a new model shows that is worse than its predecessor: that is rolled back', () => {
    const state = observePairs(start, draw(4_000, 0.15, 4, 0.3));
    expect(judgeProbation(state)).toMatchObject({ outcome: 'rolled-back', worldChanged: null });
  });

  it('is claimed where nothing is known of the holdout', () => {
    const state = observePairs(initialProbation(policy, 'binary'), draw(4_000, 0.35, 1));
    expect(judgeProbation(state).worldChanged).toBeNull();
    expect(promise(state)).toMatchObject({ outcome: 'inconclusive', rowsSeen: 0 });
  });

  it('is claimed in at most 5 of 100 probations of models that are exactly as bad as promised', () => {
    const claims = Array.from({ length: 100 }, (_, seed) => observePairs(start, draw(2_000, 0.19, 100 + seed))).filter(
      ({ validated }) => validated?.alarm !== null,
    );
    expect(claims.length).toBeLessThanOrEqual(5);
  });

  it('is what a loss of 8 points above the promise is taken for in few of 50 probations', () => {
    const missed = Array.from({ length: 50 }, (_, seed) => observePairs(start, draw(4_000, 0.27, 300 + seed))).filter(
      (state) => judgeProbation(state).worldChanged === null,
    );
    expect(missed.length).toBeLessThanOrEqual(5);
  });
});
