import { describe, expect, it } from 'vitest';
import type { Signal, SignalKind } from '../../domain/lifecycle/signals.ts';
import { judgeTriage } from '../../domain/triage.ts';

const signal = (kind: SignalKind, reason = `reason of ${kind}`): Signal => ({ kind, reason, atMs: 0 });

describe('judgeTriage', () => {
  it.each(['manual', 'external', 'schedule', 'performance-drift'] as const)('retrains on %s', (kind) => {
    expect(judgeTriage([signal(kind)])).toEqual({ action: 'retrain', reason: `retraining, because reason of ${kind}` });
  });

  it.each(['data-drift', 'prediction-drift', 'estimated-performance'] as const)('notes %s alone', (kind) => {
    expect(judgeTriage([signal(kind)]).action).toBe('nothing');
  });

  it('blocks on a break in data quality, whatever else is signalled', () => {
    const triage = judgeTriage([signal('performance-drift'), signal('data-quality', 'the label feed is silent')]);
    expect(triage).toEqual({
      action: 'fix-data',
      reason: 'training is blocked until the data are fixed: the label feed is silent',
    });
  });

  it('lets a person train in spite of it', () => {
    expect(judgeTriage([signal('data-quality'), signal('manual')]).action).toBe('retrain');
  });

  it('does nothing without a signal', () => {
    expect(judgeTriage([])).toEqual({ action: 'nothing', reason: 'there is no signal' });
  });
});
