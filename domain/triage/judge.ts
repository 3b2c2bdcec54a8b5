import type { Triage } from '../lifecycle/results.ts';
import type { Signal, SignalKind } from '../lifecycle/signals.ts';
import type { Check } from '../verdict.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Payback } from './payback.ts';

/** Reasons to retrain by themselves: performance was lost, or somebody (or the calendar) asks. */
const calls: readonly SignalKind[] = ['manual', 'external', 'schedule', 'performance-drift'];
/** Whoever asks has weighed it: no sum speaks against them. */
const asks: readonly SignalKind[] = ['manual', 'external'];

export interface TriageQuestion {
  readonly signals: readonly Signal[];
  /** What is wrong with the champion; null where there are too few outcomes to see, or no champion. */
  readonly diagnosis: Diagnosis | null;
  /** What a retraining would bring in; null where that can't be said. */
  readonly payback: Payback | null;
  /** This champion was recalibrated before and the result was not promoted: it is no use to try again. */
  readonly wasRecalibrated: boolean;
}

/**
 * What a set of signals calls for. A break in data quality blocks training, because training on it would make it permanent; only a
 * person overrules that. Inputs that drift without a loss in performance are noted, unless almost all rows are of one class and the ranking is
 * shown to be lost, which no error tells then. Performance lost with the ranking intact calls for a new calibrator, lost otherwise for a
 * retraining; where costs are given, for one that pays.
 */
export function judgeTriage({ signals, diagnosis, payback, wasRecalibrated }: TriageQuestion): Triage {
  const broken = breaks(signals);
  if (broken.length > 0) {
    return { action: 'fix-data', reason: `training is blocked until the data are fixed: ${reasons(broken)}` };
  }
  if (signals.length === 0) return { action: 'nothing', reason: 'there is no signal' };
  const calling = signals.filter(isCall);
  if (calling.length === 0 && diagnosis?.isLossHidden) {
    const reason = `retraining, because ${diagnosis.ranking.reason}; ${reasons(signals)}`;
    return { action: 'retrain', reason, checks: [diagnosis.ranking] };
  }
  if (calling.length === 0) {
    return { action: 'nothing', reason: `noted, no loss in performance shown: ${reasons(signals)}` };
  }
  const evidence = {
    ...(diagnosis !== null && { checks: checksOf(diagnosis) }),
    ...(payback !== null && { payback }),
  };
  const sum = payback === null ? '' : `; ${payback.reason}`;
  const isAsked = signals.some(({ kind }) => asks.includes(kind));
  if (isOnlyCalibration(signals, wasRecalibrated, diagnosis)) {
    const found = `${diagnosis.ranking.reason}, ${diagnosis.calibration.reason}`;
    return { action: 'recalibrate', reason: `recalibrating, because ${reasons(calling)}; ${found}`, ...evidence };
  }
  if (!isAsked && payback?.pays === false) {
    return { action: 'nothing', reason: `noted, not worth a retraining: ${reasons(calling)}${sum}`, ...evidence };
  }
  return { action: 'retrain', reason: `retraining, because ${reasons(calling)}${sum}`, ...evidence };
}

/** Whether these signals call for a training, or would if a loss were hidden, so that what the champion's outcomes show matters. */
export function mayCallForTraining(signals: readonly Signal[]): boolean {
  return breaks(signals).length === 0 && signals.length > 0;
}

/**
 * Whether a new calibrator would do, were calibration lost. A calendar that asks wants a model that knows the newest rows, and whoever asks wants one, which a
 * calibrator doesn't give them.
 */
export function mayRecalibrate(signals: readonly Signal[], wasRecalibrated: boolean, ranking: Check): boolean {
  const calling = signals.filter(isCall);
  const isPerformance = calling.length > 0 && calling.every(({ kind }) => kind === 'performance-drift');
  return isPerformance && !wasRecalibrated && ranking.outcome === 'pass';
}

function isOnlyCalibration(
  signals: readonly Signal[],
  wasRecalibrated: boolean,
  diagnosis: Diagnosis | null,
): diagnosis is Diagnosis & { readonly calibration: Check } {
  const isAnswer = diagnosis !== null && mayRecalibrate(signals, wasRecalibrated, diagnosis.ranking);
  return isAnswer && diagnosis.calibration?.outcome === 'fail';
}

const isCall = ({ kind }: Signal): boolean => calls.includes(kind);

/** What speaks against training on these data; nothing where a person wants it all the same. */
function breaks(signals: readonly Signal[]): readonly Signal[] {
  return signals.some(({ kind }) => kind === 'manual') ? [] : signals.filter(({ kind }) => kind === 'data-quality');
}

function checksOf({ ranking, calibration }: Diagnosis): readonly Check[] {
  return calibration === null ? [ranking] : [ranking, calibration];
}

function reasons(signals: readonly Signal[]): string {
  return [...new Set(signals.map((signal) => signal.reason))].join('; ');
}
