import { describe, expect, it } from 'vitest';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import { binaryEvidence, policy, regressionEvidence } from './cases.ts';

const clearlyBetter = { both: 1500, onlyChallenger: 200, onlyChampion: 80, neither: 220 };
const clearlyWorse = { both: 1500, onlyChallenger: 80, onlyChampion: 200, neither: 220 };
const alike = { both: 1600, onlyChallenger: 20, onlyChampion: 20, neither: 360 };

const check = (verdict: Verdict, name: string) => verdict.checks.find((candidate) => candidate.name === name)!;

describe('against a champion', () => {
  it('promotes a challenger that is significantly better', () => {
    const verdict = judgeGate(binaryEvidence(clearlyBetter), policy);
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toMatch(
      /^challenger is better: accuracy \.850 against \.790, difference \+6\.0 points \(95% interval \d\.\d to \d\.\d, 2,000 rows, McNemar p < \.0001\)$/,
    );
    expect(check(verdict, 'paired-loss')).toMatchObject({
      outcome: 'pass',
      rowsSeen: 2000,
      effectSize: expect.closeTo(0.06, 10),
    });
  });

  it('turns down a challenger that is significantly worse, whatever the policy allows', () => {
    for (const allowNonInferior of ['never', 'simpler', 'always'] as const) {
      const verdict = judgeGate(binaryEvidence(clearlyWorse, { challengerSimpler: true }), {
        ...policy,
        allowNonInferior,
        margin: 0.5,
      });
      expect(verdict).toMatchObject({
        outcome: 'fail',
        reason: expect.stringMatching(/^challenger is worse: accuracy/),
      });
    }
  });

  it('turns down a challenger that is no better where enough rows would have shown it', () => {
    const verdict = judgeGate(binaryEvidence(alike), policy);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: expect.stringMatching(/^challenger is not better/) });
  });

  it('leaves it undecided and says how many rows are missing where the holdout is too small', () => {
    const verdict = judgeGate(
      binaryEvidence({ both: 700, onlyChallenger: 55, onlyChampion: 45, neither: 200 }),
      policy,
    );
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reason).toMatch(/^not decided: .*; 6,183 rows are needed to see 1\.0 points: 5,183 more$/);
    expect(check(verdict, 'paired-loss')).toMatchObject({
      rowsNeeded: 6183,
      smallestVisibleEffect: expect.closeTo(0.0249, 4),
    });
  });

  it('leaves it undecided below the smallest holdout, even where the gain is significant', () => {
    const verdict = judgeGate(binaryEvidence({ both: 100, onlyChallenger: 40, onlyChampion: 0, neither: 40 }), policy);
    expect(verdict.outcome).toBe('inconclusive');
  });

  it('does not take two models that answer alike for a gain', () => {
    const verdict = judgeGate(binaryEvidence({ both: 1600, onlyChallenger: 0, onlyChampion: 0, neither: 400 }), policy);
    expect(verdict.outcome).toBe('fail');
    expect(check(verdict, 'paired-loss')).toMatchObject({ pValue: 1, effectSize: 0 });
  });
});

describe('non-inferiority', () => {
  const asGood = { both: 16_000, onlyChallenger: 150, onlyChampion: 150, neither: 3700 };

  it('is not enough by default', () => {
    const verdict = judgeGate(binaryEvidence(asGood), policy);
    expect(verdict.outcome).toBe('fail');
    expect(check(verdict, 'non-inferiority')).toMatchObject({ outcome: 'pass', advisory: true });
  });

  it('is enough for a simpler challenger where the policy says so, and only for a simpler one', () => {
    const simpler = { ...policy, allowNonInferior: 'simpler' } as const;
    const verdict = judgeGate(binaryEvidence(asGood, { challengerSimpler: true }), simpler);
    expect(verdict).toMatchObject({
      outcome: 'pass',
      reason: expect.stringMatching(/^challenger is not worse by 0\.50 points or more/),
    });
    expect(judgeGate(binaryEvidence(asGood), simpler).outcome).toBe('fail');
  });

  it('is enough for any challenger where the policy always allows it', () => {
    expect(judgeGate(binaryEvidence(asGood), { ...policy, allowNonInferior: 'always' }).outcome).toBe('pass');
  });

  it('is undecided where the rows are too few to exclude the margin', () => {
    const verdict = judgeGate(binaryEvidence(alike), { ...policy, allowNonInferior: 'always', margin: 0.002 });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: expect.stringContaining('not shown') });
  });
});

describe('baselines', () => {
  /** Labels in runs of 50, so that the last label is a strong guess. */
  const inRuns = (evidence: GateEvidence): GateEvidence => {
    const labels = Array.from(evidence.labels, (_, row) => Math.floor(row / 50) % 2);
    const flip = (p: number, row: number) => (evidence.labels[row] === labels[row] ? p : 1 - p);
    const turn = (values: ArrayLike<number>) => ({ width: 1, values: Array.from(values, flip) });
    return {
      ...evidence,
      labels,
      champion: turn(evidence.champion!.values),
      challenger: turn(evidence.challenger.values),
    };
  };

  it('leave a better challenger to a person when it loses to the last known label', () => {
    const verdict = judgeGate(inRuns(binaryEvidence(clearlyBetter)), policy);
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reason).toMatch(
      /^challenger does not beat repeating the last known label: .*; a person must decide$/,
    );
  });

  it('are only reported where the policy says so', () => {
    const verdict = judgeGate(inRuns(binaryEvidence(clearlyBetter)), { ...policy, baselines: 'report' });
    expect(verdict.outcome).toBe('pass');
    expect(check(verdict, 'baseline:same-as-last')).toMatchObject({ outcome: 'fail', advisory: true });
  });

  it('respect the delay after which labels are known', () => {
    const verdict = judgeGate({ ...inRuns(binaryEvidence(clearlyBetter)), lastKnownDelayRows: 50 }, policy);
    expect(verdict.outcome).toBe('pass');
    expect(check(verdict, 'baseline:same-as-last')).toMatchObject({ outcome: 'pass', rowsSeen: 1950 });
  });

  it('leave out the last label where rows are no time series', () => {
    const verdict = judgeGate(binaryEvidence(clearlyBetter, { lastKnownDelayRows: null }), policy);
    expect(check(verdict, 'baseline:same-as-last')).toBeUndefined();
  });

  it('are undecided where no last label is known, or no training label', () => {
    const late = judgeGate(binaryEvidence(clearlyBetter, { lastKnownDelayRows: 5000 }), policy);
    expect(late).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('no label of the holdout is known'),
    });
    const unknown = judgeGate(
      binaryEvidence(clearlyBetter, { trainingLabels: { kind: 'classes', counts: [0, 0] } }),
      policy,
    );
    expect(unknown).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('training labels are not known'),
    });
  });

  it('hold back a challenger that does not beat the commonest class', () => {
    const labels = Array.from({ length: 2000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
    const evidence = binaryEvidence(clearlyBetter);
    const flip = (p: number, row: number) => (evidence.labels[row] === labels[row] ? p : 1 - p);
    const turned = {
      ...evidence,
      labels,
      champion: { width: 1, values: Array.from(evidence.champion!.values, flip) },
      challenger: { width: 1, values: Array.from(evidence.challenger.values, flip) },
      trainingLabels: { kind: 'classes', counts: [900, 100] },
    } as const;
    const verdict = judgeGate(turned, policy);
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('always answering class 0'),
    });
  });
});

describe('the first model', () => {
  const good = { both: 1700, onlyChallenger: 0, onlyChampion: 0, neither: 300 };

  it('passes when it beats the commonest class', () => {
    const verdict = judgeGate(binaryEvidence(good, { champion: null }), policy);
    expect(verdict).toMatchObject({
      outcome: 'pass',
      reason: expect.stringContaining('is better than always answering class 0'),
    });
  });

  it('fails when it does not', () => {
    const poor = { both: 1000, onlyChallenger: 0, onlyChampion: 0, neither: 1000 };
    const verdict = judgeGate(binaryEvidence(poor, { champion: null }), { ...policy, minEffect: 0.05 });
    expect(verdict).toMatchObject({ outcome: 'fail', reason: expect.stringContaining('does not beat') });
  });

  it('is undecided on a holdout that is too small', () => {
    const few = { both: 90, onlyChallenger: 0, onlyChampion: 0, neither: 10 };
    expect(judgeGate(binaryEvidence(few, { champion: null }), policy).outcome).toBe('inconclusive');
  });
});

describe('regression', () => {
  it('promotes the smaller squared error, in units of the labels’ variance', () => {
    const verdict = judgeGate(regressionEvidence(1500, 8, 6), policy);
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toMatch(
      /^challenger is better: squared error \.\d{3} of the labels' variance against \.\d{3}/,
    );
    expect(check(verdict, 'baseline:mean').outcome).toBe('pass');
  });

  it('turns down the larger squared error, and leaves a like one undecided', () => {
    expect(judgeGate(regressionEvidence(1500, 6, 8), policy).outcome).toBe('fail');
    expect(judgeGate(regressionEvidence(400, 8, 8), policy).outcome).toBe('inconclusive');
  });

  it('compares a first model with the training mean', () => {
    expect(judgeGate(regressionEvidence(1000, 1, 6, { champion: null }), policy).outcome).toBe('pass');
    expect(judgeGate(regressionEvidence(1000, 1, 25, { champion: null }), policy).outcome).toBe('fail');
  });
});

describe('dependent rows', () => {
  it('do not make a gain on a few blocks significant', () => {
    const evidence = binaryEvidence(
      { both: 1600, onlyChallenger: 100, onlyChampion: 60, neither: 240 },
      { lastKnownDelayRows: null },
    );
    expect(judgeGate(evidence, policy).outcome).toBe('pass');
    const gainOf = (row: number) =>
      Number(evidence.challenger.values[row]! >= 0.5 === (evidence.labels[row] === 1)) -
      Number(evidence.champion!.values[row]! >= 0.5 === (evidence.labels[row] === 1));
    const order = Array.from(evidence.labels, (_, row) => row).sort((a, b) => gainOf(a) - gainOf(b));
    const blockOf = new Array<number>(order.length);
    order.forEach((row, position) => (blockOf[row] = Math.floor(position / 50)));
    const verdict = judgeGate({ ...evidence, blockOf }, policy);
    expect(verdict.outcome).toBe('inconclusive');
    expect(check(verdict, 'paired-loss').rowsNeeded).toBeGreaterThan(100_000);
  });

  it('in fewer than seven blocks are undecided', () => {
    const blockOf = Array.from({ length: 2000 }, (_, row) => Math.floor(row / 400));
    const verdict = judgeGate(binaryEvidence(clearlyBetter, { blockOf }), policy);
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining(
        'neighbouring rows depend on each other, 2,000 of them are 5 pieces of evidence, at least 7',
      ),
    });
  });
});

describe('under a policy that lets probabilities count', () => {
  const either = { ...policy, primary: 'either' } as const;
  const rng = createRng(5);
  const labels = Array.from({ length: 3_000 }, () => (rng() < 0.1 ? 1 : 0));
  /** Never sure enough to answer the rare class: the answers are those of the majority, whatever it knows. */
  const knowing = (skill: number) => ({
    width: 1,
    values: labels.map((label) => 0.1 + skill * (label === 1 ? 0.3 : -0.05) + 0.02 * (rng() - 0.5)),
  });
  const evidence: GateEvidence = {
    task: 'binary',
    labels,
    champion: knowing(0.2),
    challenger: knowing(0.8),
    trainingLabels: { kind: 'classes', counts: [900, 100] },
    challengerSimpler: false,
    lastKnownDelayRows: null,
  };

  it('promotes clearly better probabilities on rows too few to show that the answers are no worse', () => {
    const draw = createRng(11);
    const truth = Array.from({ length: 600 }, () => draw());
    const outcomes = truth.map((p) => (draw() < p ? 1 : 0));
    // Far too sure of itself, and now and then of the opposite where it hardly matters.
    const overconfident = truth.map((p) => (p + 0.1 * (draw() - 0.5) < 0.5 ? 0.03 : 0.97));
    const champion = { width: 1, values: overconfident };
    const few = { ...evidence, labels: outcomes, champion, challenger: { width: 1, values: truth } };
    const verdict = judgeGate(few, { ...either, baselines: 'report' });
    const nonInferiority = verdict.checks?.find(({ name }) => name === 'non-inferiority');
    expect([verdict.outcome, nonInferiority?.outcome]).toEqual(['pass', 'inconclusive']);
  });

  it('promotes better probabilities whose answers are no worse, and says so', () => {
    expect(judgeGate(evidence, policy).outcome).not.toBe('pass');
    const verdict = judgeGate(evidence, { ...either, baselines: 'report' });
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toMatch(
      /^challenger's probabilities are better, and its answers and its ranking don't seem worse: Brier score/,
    );
  });

  it('takes a first champion that knows more than the shares of the classes', () => {
    expect(judgeGate({ ...evidence, champion: null }, policy).outcome).not.toBe('pass');
    expect(judgeGate({ ...evidence, champion: null }, either)).toMatchObject({
      outcome: 'pass',
      reason: expect.stringContaining('better than the shares of the classes') as string,
    });
  });

  it('does not promote better probabilities that come with worse answers', () => {
    const worse = { width: 1, values: evidence.challenger.values.map((p, row) => (row % 20 === 0 ? 0.51 : p)) };
    expect(judgeGate({ ...evidence, challenger: worse }, { ...either, baselines: 'report' }).outcome).not.toBe('pass');
  });

  it('does not promote probabilities that fit the level of the last weeks better, and rank worse', () => {
    const tooHigh = { width: 1, values: knowing(0.2).values.map((p) => p + 0.2) };
    const level = { width: 1, values: labels.map(() => 0.1 + 0.01 * (rng() - 0.5)) };
    const verdict = judgeGate(
      { ...evidence, champion: tooHigh, challenger: level },
      { ...either, baselines: 'report', margin: 0.02 },
    );
    const outcomes = [check(verdict, 'brier').outcome, check(verdict, 'auc-delong').outcome, verdict.outcome];
    expect(outcomes).toEqual(['pass', 'fail', 'fail']);
  });

  it('keeps the level with two chances: equals are promoted no more often than alpha', () => {
    const draw = createRng(9);
    const runs = 200;
    let promoted = 0;
    for (let run = 0; run < runs; run += 1) {
      const truth = Array.from({ length: 400 }, () => draw());
      const outcomes = truth.map((p) => (draw() < p ? 1 : 0));
      const model = () => ({ width: 1, values: truth.map((p) => Math.min(1, Math.max(0, p + 0.3 * (draw() - 0.5)))) });
      const equal = { ...evidence, labels: outcomes, champion: model(), challenger: model() };
      if (judgeGate(equal, { ...either, baselines: 'report', bootstrapResamples: 200 }).outcome === 'pass')
        promoted += 1;
    }
    expect(promoted / runs).toBeLessThanOrEqual(0.05);
  });
});
