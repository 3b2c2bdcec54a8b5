import { describe, expect, it } from 'vitest';
import { judgeProbation } from '../../../domain/probation/judge.ts';
import { endHorizon, endForRetraining, observePairs } from '../../../domain/probation/observe.ts';
import { defaultProbationPolicy as policy } from '../../../domain/probation/policy.ts';
import { initialProbation, type LossPair } from '../../../domain/probation/state.ts';

const both: LossPair = { newLoss: 1, oldLoss: 1 };
const neither: LossPair = { newLoss: 0, oldLoss: 0 };
const onlyNew: LossPair = { newLoss: 1, oldLoss: 0 };
const onlyOld: LossPair = { newLoss: 0, oldLoss: 1 };

/** Repeats a pattern of pairs until `count` labels are there. */
const cycle = (pattern: readonly LossPair[], count: number): LossPair[] =>
  Array.from({ length: count }, (_, i) => pattern[i % pattern.length]!);

/** One row in ten discordant, in turn against the new and the old model. */
const balanced = [...Array<LossPair>(9).fill(neither), onlyNew, ...Array<LossPair>(9).fill(both), onlyOld];
/** Two points worse, a tenth of the rows discordant. */
const twoPointsWorse = [...Array<LossPair>(45).fill(neither), onlyNew, onlyOld, onlyNew, onlyOld, onlyNew];

const start = initialProbation(policy, 'binary');
const check = (state: typeof start, name: string) => judgeProbation(state).checks.find((c) => c.name === name)!;

describe('a rollback', () => {
  it('follows when the e-value of harm reaches 2/α, and keeps the label at which it did', () => {
    const state = observePairs(start, cycle([onlyNew], 50));
    // (2·.9)^a/8 + … ≥ 40 first at a = 10.
    expect(state.decision).toEqual({ outcome: 'rolled-back', by: 'sequential-test', atLabel: 10 });
    expect(judgeProbation(state).reason).toMatch(
      /^new champion is worse than its predecessor: error 1\.000 against \.000 over 10 labels.* at label 10$/,
    );
    expect(check(state, 'sequential-mcnemar').outcome).toBe('fail');
  });

  it('does not follow one row earlier', () => {
    const state = observePairs(start, cycle([onlyNew], 9));
    expect(state.decision).toBeNull();
    expect(judgeProbation(state).outcome).toBe('continue');
  });

  it('latches: later rows in favour of the new model change nothing', () => {
    const state = observePairs(start, cycle([onlyNew], 10));
    expect(observePairs(state, cycle([onlyOld], 1000))).toEqual(state);
    expect(endHorizon(state)).toEqual(state);
  });

  it('follows a decay after a start too good for the plain test', () => {
    const patient = initialProbation({ ...policy, minLabels: 100_000, horizonLabels: 100_000 }, 'binary');
    const good = observePairs(patient, cycle([onlyOld, onlyOld, onlyOld, onlyNew], 400));
    const state = observePairs(good, cycle([onlyNew, onlyNew, onlyNew, onlyOld], 200));
    expect(state.decision).toMatchObject({ outcome: 'rolled-back', by: 'shiryaev-roberts' });
    expect(state.onlyOldWorse).toBeGreaterThan(state.onlyNewWorse);
    expect(judgeProbation(state).reason).toContain('a decay after a better start was detected');
    expect(check(state, 'shiryaev-roberts').outcome).toBe('fail');
  });

  it('is not called by the decay detector beyond the rows it is guaranteed for', () => {
    const patient = initialProbation({ ...policy, minLabels: 100_000, horizonLabels: 100_000, dMax: 300 }, 'binary');
    const state = observePairs(patient, cycle([onlyOld, onlyOld, onlyOld, onlyNew], 400));
    expect(state.decay.rows).toBe(300);
    expect(check(observePairs(state, cycle([onlyNew], 40)), 'shiryaev-roberts')).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('spent after 300 rows'),
    });
  });

  it('does not follow when the world gets harder for both', () => {
    const state = observePairs(start, cycle([both], 5000));
    expect(state.decision?.outcome).toBe('confirmed');
  });
});

describe('a confirmation', () => {
  it('comes early when harm of the margin is excluded', () => {
    const state = observePairs(start, cycle([...Array<LossPair>(19).fill(neither), onlyOld], 4000));
    expect(state.decision).toMatchObject({ outcome: 'confirmed', by: 'non-inferiority' });
    expect(state.decision!.atLabel).toBeLessThan(1000);
    expect(judgeProbation(state).reason).toMatch(
      /^new champion is shown to be worse by less than 1\.0 points, if at all/,
    );
  });

  it('comes for models that never differ, in words that say so', () => {
    const verdict = judgeProbation(observePairs(start, cycle([neither, both], 4000)));
    expect(verdict).toMatchObject({ outcome: 'confirmed', reason: expect.stringContaining('the two never differed') });
  });

  it('never comes before the smallest number of labels', () => {
    const eager = initialProbation({ ...policy, minLabels: 2000, alpha: 0.2 }, 'binary');
    expect(observePairs(eager, cycle([neither], 1999)).decision).toBeNull();
    expect(observePairs(eager, cycle([neither], 2000)).decision).toMatchObject({ outcome: 'confirmed', atLabel: 2000 });
  });

  it('comes at the end of the horizon when nothing speaks against the new model', () => {
    const state = observePairs(start, cycle(balanced, 5000));
    expect(state.decision).toEqual({ outcome: 'confirmed', by: 'horizon', atLabel: 4000 });
    expect(judgeProbation(state)).toMatchObject({
      outcome: 'confirmed',
      reason: expect.stringMatching(/^no evidence against/),
    });
    expect(check(state, 'sequential-mcnemar').outcome).toBe('pass');
  });
});

describe('a probation that a retraining waits for', () => {
  it('ends with a confirmation unless labels are too few or a rollback is near', () => {
    expect(endForRetraining(observePairs(start, cycle(balanced, 400))).decision).toEqual({
      outcome: 'confirmed',
      by: 'horizon',
      atLabel: 400,
    });
    const early = observePairs(start, cycle(balanced, 200));
    const nearRollback = observePairs(start, [...cycle(balanced, 400), ...Array<LossPair>(20).fill(onlyNew)]);
    for (const state of [early, nearRollback]) expect(endForRetraining(state)).toEqual(state);
  });

  it('says so when the new model seems worse, but not by enough to hold up the retraining', () => {
    const state = endForRetraining(observePairs(start, cycle(twoPointsWorse, 500)));
    expect(state.decision).toEqual({ outcome: 'confirmed', by: 'retraining', atLabel: 500 });
    expect(judgeProbation(state).reason).toMatch(/^too little speaks against the new champion to hold up a retraining/);
  });
});

describe('too little evidence', () => {
  it('extends the horizon once, then asks a person', () => {
    const short = initialProbation({ ...policy, horizonLabels: 400, extendLabels: 200 }, 'binary');
    const first = observePairs(short, cycle(twoPointsWorse, 400));
    expect(first).toMatchObject({ decision: null, extensions: 1, horizonLabel: 600 });
    expect(judgeProbation(first)).toMatchObject({
      outcome: 'continue',
      reason: expect.stringContaining('(extended 1 of 1 times)'),
    });
    const last = judgeProbation(observePairs(first, cycle(twoPointsWorse, 200)));
    expect(last.outcome).toBe('inconclusive');
    expect(last.reason).toMatch(
      /too much speaks against the new champion to confirm it, too little to roll it back.*a person must decide$/,
    );
  });

  it('is what silence is: no label never confirms', () => {
    expect(judgeProbation(start)).toMatchObject({
      outcome: 'continue',
      reason: 'no labels yet, at most 4,000 to come',
    });
    const extended = endHorizon(start);
    expect(judgeProbation(extended).outcome).toBe('continue');
    expect(judgeProbation(endHorizon(extended))).toMatchObject({
      outcome: 'inconclusive',
      reason: 'probation ended at label 0 undecided: no label ever arrived; a person must decide',
    });
  });

  it('is a handful of labels when the time is up', () => {
    const few = observePairs(start, cycle(balanced, 120));
    const verdict = judgeProbation(endHorizon(endHorizon(few)));
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('only 120 labels arrived, at least 300'),
    });
  });

  it('is not there when the time is up with enough good labels', () => {
    expect(endHorizon(observePairs(start, cycle(balanced, 400))).decision).toMatchObject({
      outcome: 'confirmed',
      atLabel: 400,
    });
  });
});

describe('regression', () => {
  const scaled = initialProbation(policy, 'regression', 50);

  it('rolls back on larger losses and confirms smaller ones, clipped at the scale', () => {
    const worse = observePairs(
      scaled,
      cycle(
        [
          { newLoss: 30, oldLoss: 10 },
          { newLoss: 1000, oldLoss: 40 },
          { newLoss: 5, oldLoss: 9 },
        ],
        2000,
      ),
    );
    expect(worse.decision).toMatchObject({ outcome: 'rolled-back', by: 'sequential-test' });
    expect(check(worse, 'betting').effectSize).toBeLessThanOrEqual(1);
    const better = observePairs(
      scaled,
      cycle(
        [
          { newLoss: 10, oldLoss: 30 },
          { newLoss: 9, oldLoss: 5 },
        ],
        2000,
      ),
    );
    expect(better.decision?.outcome).toBe('confirmed');
  });

  it('detects a decay after a good start', () => {
    const patient = initialProbation({ ...policy, minLabels: 100_000, horizonLabels: 100_000 }, 'regression', 50);
    const good = observePairs(patient, cycle([{ newLoss: 5, oldLoss: 25 }], 200));
    expect(observePairs(good, cycle([{ newLoss: 25, oldLoss: 5 }], 150)).decision).toMatchObject({
      by: 'shiryaev-roberts',
    });
  });
});

describe('bad input', () => {
  it.each([
    [start, { newLoss: 0.5, oldLoss: 0 }, /newLoss of pair 0 \(label 1\) must be 0 \(right\) or 1 \(wrong\), got 0.5/],
    [start, { newLoss: 0, oldLoss: NaN }, /oldLoss of pair 0 .* got NaN/],
    [
      initialProbation(policy, 'regression', 2),
      { newLoss: -1, oldLoss: 0 },
      /must be a finite number of at least 0, got -1/,
    ],
  ])('is refused with the row and what is right (%#)', (state, pair, message) => {
    expect(() => observePairs(state, [pair])).toThrow(message);
  });

  it('of a loss scale is refused', () => {
    expect(() => initialProbation(policy, 'regression', 0)).toThrow(/lossScale must be a positive number, got 0/);
    expect(() => initialProbation(policy, 'binary', 3)).toThrow(/lossScale is for regression/);
  });
});
