import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { judgeOutcomes } from '../../../domain/monitoring/judge-outcomes.ts';
import { beginLossWatch } from '../../../domain/outcomes/watch-losses.ts';
import { testPolicy } from '../../support/policy.ts';

const rows = 3_000;

/** Outcomes of a champion that errs at `rate`; a label of NaN has not arrived. */
function outcomes(rate: number, seed: number, version = '1') {
  const random = createRng(seed);
  return {
    versions: Array.from({ length: rows }, () => version),
    outputs: { width: 1, values: new Float64Array(rows) },
    labels: Float64Array.from({ length: rows }, () => (random() < rate ? 1 : 0)),
    predictedMs: Float64Array.from({ length: rows }, (_, row) => row),
  };
}

const question = { champion: '1', task: 'binary', lossScale: 1, policy: testPolicy.monitor, arrivals: null } as const;
const promised = { ...question, holdout: { mean: 0.1, rows: 2_000, blockRows: 1, upperBound: 0.12 } };

describe('judgeOutcomes', () => {
  it('signals when the loss has risen, over the boundary of two looks', () => {
    const before = judgeOutcomes(outcomes(0.1, 1), question, beginLossWatch(1));
    expect(before.signals).toEqual([]);
    const after = judgeOutcomes(outcomes(0.3, 2), question, before.watch);
    expect(after.signals).toMatchObject([{ kind: 'performance-drift', sources: ['adwin'] }]);
  });

  it('signals when the loss is above what the holdout promised, although it never rose', () => {
    const kept = judgeOutcomes(outcomes(0.1, 1), promised, beginLossWatch('auto'));
    expect(kept.signals).toEqual([]);
    const broken = judgeOutcomes(outcomes(0.2, 1), promised, beginLossWatch('auto'));
    expect(broken.signals).toMatchObject([{ kind: 'performance-drift', sources: ['absolute-risk'] }]);
    expect(broken.signals[0]!.reason).toMatch(
      /^the champion's loss is 0\.\d{3}, and its holdout promised at most 0\.130/,
    );
  });

  it('does not signal when the loss has fallen', () => {
    const before = judgeOutcomes(outcomes(0.3, 1), question, beginLossWatch(1));
    expect(judgeOutcomes(outcomes(0.1, 2), question, before.watch).signals).toEqual([]);
  });

  it('leaves out what another version answered', () => {
    const before = judgeOutcomes(outcomes(0.1, 1), promised, beginLossWatch(1));
    expect(judgeOutcomes(outcomes(0.9, 2, '0'), promised, before.watch).signals).toEqual([]);
  });

  it('waits for labels, and says so when they stop coming', () => {
    const silent = { ...outcomes(0.1, 1), labels: new Float64Array(rows).fill(Number.NaN) };
    const seen = judgeOutcomes(silent, question, beginLossWatch(1));
    expect(seen.matureRows).toBeLessThan(rows);
    expect(seen.signals).toMatchObject([{ kind: 'data-quality', sources: ['label-feed'] }]);
  });
});
