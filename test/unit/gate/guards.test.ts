import { describe, expect, it } from 'vitest';
import { checkCalibration } from '../../../domain/gate/calibration/check-calibration.ts';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { checkFlips } from '../../../domain/gate/flips/check-flips.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { isChampionLost } from '../../../domain/gate/lost-champion.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { binaryEvidence, policy, regressionEvidence } from './cases.ts';

describe('negative flips', () => {
  it('refuse a challenger that is better on the whole and loses what the champion could', () => {
    const evidence = binaryEvidence({ both: 1570, onlyChallenger: 230, onlyChampion: 180, neither: 20 });
    const verdict = judgeGate(evidence, policy);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(
        /^challenger is wrong where the champion was right, too often: 180 of 2,000 rows \(9\.0%\), 6\.3% are allowed/,
      ) as string,
    });
  });

  it('pass when they are shown to be few, and stop nothing when it is open', () => {
    const few = binaryEvidence({ both: 1500, onlyChallenger: 200, onlyChampion: 80, neither: 220 });
    expect(checkFlips(few, policy)).toMatchObject([{ outcome: 'pass', effectSize: 0.04 }]);
    const open = binaryEvidence({ both: 150, onlyChallenger: 20, onlyChampion: 12, neither: 8 });
    expect(checkFlips(open, policy)).toMatchObject([{ outcome: 'inconclusive', advisory: true }]);
  });

  it('in a few blocks of rows say nothing', () => {
    const evidence = binaryEvidence({ both: 150, onlyChallenger: 20, onlyChampion: 90, neither: 8 });
    const blockOf = Array.from(evidence.labels, (_, row) => row % 5);
    expect(checkFlips({ ...evidence, blockOf }, policy)).toMatchObject([{ outcome: 'inconclusive', advisory: true }]);
    const blocks = Array.from(evidence.labels, (_, row) => Math.floor(row / 5));
    expect(checkFlips({ ...evidence, blockOf: blocks }, policy)).toMatchObject([{ outcome: 'fail' }]);
  });

  it('are not looked for in a regression, nor without a champion', () => {
    expect(checkFlips(regressionEvidence(300, 1, 1), policy)).toEqual([]);
    const first = binaryEvidence({ both: 150, onlyChallenger: 20, onlyChampion: 12, neither: 8 }, { champion: null });
    expect(checkFlips(first, policy)).toEqual([]);
  });
});

/** Labels with these chances; the champion knows them, the challenger overstates them by the factor on the log odds. */
function overconfident(rows: number, factor: number): GateEvidence {
  const random = createRng(5);
  const odds = Array.from({ length: rows }, () => 3 * random() - 1.5);
  const chance = (z: number): number => 1 / (1 + Math.exp(-z));
  const evidence = binaryEvidence({ both: rows, onlyChallenger: 0, onlyChampion: 0, neither: 0 });
  return {
    ...evidence,
    labels: odds.map((z) => Number(random() < chance(z))),
    champion: { width: 1, values: odds.map(chance) },
    challenger: { width: 1, values: odds.map((z) => chance(factor * z)) },
  };
}

describe('calibration', () => {
  it('refuses the same answers with overstated probabilities', () => {
    const checks = checkCalibration(overconfident(2_000, 3), policy);
    expect(checks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['calibration:brier', 'fail'],
      ['calibration:error', 'fail'],
    ]);
    expect(checks[1]!.reason).toMatch(
      /^calibration error is worse than the champion's by more than 0\.02: 0\.\d+ against 0\.\d+, difference 0\.\d+ \(97\.5% interval 0\.\d+ to 0\.\d+, 2,000 rows in 15 bins\)$/,
    );
  });

  it('passes equal probabilities, and leaves open what few rows can’t show', () => {
    expect(checkCalibration(overconfident(2_000, 1), policy).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
    const [, open] = checkCalibration(overconfident(60, 1.4), policy);
    expect(open).toMatchObject({ outcome: 'inconclusive', advisory: true });
    const [, none] = checkCalibration(overconfident(6, 1), policy);
    expect(none!.reason).toBe("calibration can't be compared: 6 rows, in fewer than 10 independent units");
  });
});

describe('beside a champion that the world has left', () => {
  /** The champion is as sure as the challenger, and wrong in most rows. */
  const turned = (over: Partial<GateEvidence> = {}): GateEvidence =>
    binaryEvidence({ both: 100, onlyChallenger: 360, onlyChampion: 280, neither: 60 }, over);

  it('rows that only it has right refuse nothing while they are fewer than its errors', () => {
    const evidence = turned();
    expect(checkFlips(evidence, policy)).toMatchObject([{ outcome: 'fail' }]);
    expect(isChampionLost(evidence, policy)).toBe(true);
    expect(judgeGate(evidence, policy)).toMatchObject({ outcome: 'pass' });
  });

  it('no slices are searched for, and declared ones are guarded', () => {
    const kept = turned();
    const onlyChampion = Array.from(kept.labels, (label, row) => {
      const right = (values: ArrayLike<number>) => (values[row]! >= 0.5 ? 1 : 0) === label;
      return right(kept.champion!.values) && !right(kept.challenger.values) ? 1 : 0;
    });
    const inputs = {
      rowCount: kept.labels.length,
      columns: { odd: { kind: 'numeric' as const, values: Float64Array.from(onlyChampion) } },
    };
    const slices = [{ column: 'odd', values: [1] }];
    expect(judgeGate({ ...kept, inputs }, policy).outcome).toBe('pass');
    expect(judgeGate({ ...kept, inputs, slices }, policy).reason).toMatch(/^challenger harms 1 of 1 slices/);
  });

  it('is told by a mean where there are values, and not by a champion that knows a little', () => {
    expect(isChampionLost(regressionEvidence(400, 40, 5), policy)).toBe(true);
    expect(isChampionLost(regressionEvidence(400, 10, 5), policy)).toBe(false);
    expect(isChampionLost(turned({ champion: null }), policy)).toBe(false);
    expect(isChampionLost(regressionEvidence(400, 10, 5, { labels: new Float64Array(400) }), policy)).toBe(false);
    const better = binaryEvidence({ both: 300, onlyChallenger: 60, onlyChampion: 40, neither: 100 });
    expect(isChampionLost(better, policy)).toBe(false);
  });
});
