import {
  logDecayStatistic,
  logDecayThreshold,
  logHarmEValue,
  logHarmThreshold,
  logNonInferiorityThreshold,
} from './evidence.ts';
import { observePairs } from './observe.ts';
import type { LossPair, ProbationState } from './state.ts';

/** What a probation knew at one label. Evidence is in natural logs. */
export interface TracePoint {
  readonly label: number;
  readonly logHarm: number;
  readonly logDecay: number | null;
  readonly logNonInferiority: number;
  readonly newLoss: number;
  readonly oldLoss: number;
}

/** The evidence over the labels, at every `stride`-th of them: never more than 200 points, however long a probation lasts. */
export interface ProbationTrace {
  readonly stride: number;
  readonly points: readonly TracePoint[];
  readonly thresholds: { readonly harm: number; readonly decay: number; readonly nonInferiority: number };
}

const mostPoints = 200;

/** A trace that has seen nothing, of a probation that begins with this state. */
export function beginTrace(state: ProbationState): ProbationTrace {
  const thresholds = {
    harm: logHarmThreshold(state),
    decay: logDecayThreshold(state),
    nonInferiority: logNonInferiorityThreshold(state),
  };
  return { stride: 1, points: [], thresholds };
}

/**
 * Observes pairs as `observePairs` does, and notes what was known on the way. A look that is repeated from an earlier state notes the same
 * again: points beyond that state are forgotten first.
 */
export function tracePairs(
  before: ProbationState,
  pairs: readonly LossPair[],
  trace: ProbationTrace,
): { readonly state: ProbationState; readonly trace: ProbationTrace } {
  let state = before;
  let { stride } = trace;
  let points = trace.points.filter(({ label }) => label <= before.labels);
  for (let from = 0; from < pairs.length && state.decision === null;) {
    const to = Math.min(pairs.length, from + stride - (state.labels % stride));
    state = observePairs(state, pairs.slice(from, to));
    from = to;
    if (state.labels % stride === 0 || state.decision !== null || from === pairs.length) points.push(pointOf(state));
    while (points.length > mostPoints) {
      stride *= 2;
      const kept = stride;
      points = points.filter(({ label }, index) => label % kept === 0 || index === points.length - 1);
    }
  }
  return { state, trace: { ...trace, stride, points: dropOffBeat(points, stride) } };
}

/** The end of an earlier look is no point of its own any more, unless it falls on the stride. */
function dropOffBeat(points: readonly TracePoint[], stride: number): readonly TracePoint[] {
  return points.filter(({ label }, index) => label % stride === 0 || index === points.length - 1);
}

function pointOf(state: ProbationState): TracePoint {
  const logDecay = logDecayStatistic(state);
  return {
    label: state.labels,
    logHarm: logHarmEValue(state),
    logDecay: Number.isFinite(logDecay) ? logDecay : null,
    logNonInferiority: state.forNew.logWealth,
    newLoss: state.newLossSum / state.labels,
    oldLoss: state.oldLossSum / state.labels,
  };
}
