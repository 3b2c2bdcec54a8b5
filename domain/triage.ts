import type { Triage } from './lifecycle/results.ts';
import type { Signal, SignalKind } from './lifecycle/signals.ts';

/** Reasons to retrain by themselves: performance was lost, or somebody (or the calendar) asks. */
const calls: readonly SignalKind[] = ['manual', 'external', 'schedule', 'performance-drift'];

/**
 * What a set of signals calls for. A break in data quality blocks training, because training on it would make it
 * permanent; only a person overrules that. Inputs that drift without a loss in performance are noted, not trained on.
 */
export function judgeTriage(signals: readonly Signal[]): Triage {
  const asked = signals.filter((signal) => signal.kind === 'manual');
  const broken = signals.filter((signal) => signal.kind === 'data-quality');
  if (broken.length > 0 && asked.length === 0) {
    return { action: 'fix-data', reason: `training is blocked until the data are fixed: ${reasons(broken)}` };
  }
  const calling = signals.filter((signal) => calls.includes(signal.kind));
  if (calling.length > 0) return { action: 'retrain', reason: `retraining, because ${reasons(calling)}` };
  if (signals.length === 0) return { action: 'nothing', reason: 'there is no signal' };
  return { action: 'nothing', reason: `noted, no loss in performance shown: ${reasons(signals)}` };
}

function reasons(signals: readonly Signal[]): string {
  return [...new Set(signals.map((signal) => signal.reason))].join('; ');
}
