import { formatNumber, formatShare } from '../gate/wording.ts';
import { primaryLosses } from '../gate/losses.ts';
import { riskTolerance, type RiskAlarm } from '../outcomes/absolute-risk.ts';
import type { AdwinDetection } from '../outcomes/adwin.ts';
import type { HoldoutRisk } from '../outcomes/holdout-risk.ts';
import type { LabelArrivals } from '../outcomes/label-arrivals.ts';
import { matureCount } from '../outcomes/maturity.ts';
import { watchLosses, type LossWatch } from '../outcomes/watch-losses.ts';
import type { MonitorPolicy } from '../policy.ts';
import type { Predictions, Task } from '../task.ts';
import type { Finding } from './finding.ts';
import { scaleLosses } from './reference.ts';

/** Rows in prediction order, with NaN where no label has arrived. */
export interface OutcomeWindow {
  readonly versions: readonly string[];
  readonly outputs: Predictions;
  readonly labels: Float64Array;
  readonly predictedMs: Float64Array;
}

export interface OutcomeQuestion {
  readonly champion: string;
  readonly task: Task;
  /** Losses are divided by this and held below 1. */
  readonly lossScale: number;
  /** What the champion's holdout promises; without it the champion is only compared with its own past. */
  readonly holdout?: HoldoutRisk;
  readonly policy: MonitorPolicy;
  /** How labels arrive; null where nobody knows. */
  readonly arrivals: LabelArrivals | null;
}

export interface OutcomeFindings {
  readonly signals: readonly Finding[];
  readonly watch: LossWatch;
  /** How many rows of the window were judged; later ones wait for their labels. */
  readonly matureRows: number;
  readonly summary: string;
  /** Of the new outcomes, scaled; null without any. */
  readonly losses: { readonly count: number; readonly mean: number } | null;
}

/** Fewer mature rows than this say nothing about the label feed. */
const silenceRows = 200;

/** Has the champion's loss risen on the rows whose labels have matured? Improvements are no reason to look. */
export function judgeOutcomes(window: OutcomeWindow, question: OutcomeQuestion, before: LossWatch): OutcomeFindings {
  const { policy, holdout, arrivals } = question;
  const mature = matureCount(window.labels, policy, arrivals && { arrivals, predictedMs: window.predictedMs });
  const losses = lossesOfChampion(window, question, mature);
  const limit = holdout === undefined ? null : holdout.upperBound + riskTolerance;
  const { watch, changes, alarms } = watchLosses(before, losses, limit);
  const rise = changes.findLast(({ direction }) => direction === 'up');
  const alarm = alarms.at(-1);
  return {
    signals: [
      ...(rise === undefined ? [] : [describeRise(rise)]),
      ...(alarm === undefined || limit === null ? [] : [describeAlarm(alarm, limit)]),
      ...judgeLabelFeed(window, question, mature),
    ],
    watch,
    matureRows: mature,
    summary: [
      `${losses.length.toLocaleString('en-US')} new outcomes, mean loss ${meanOf(losses)?.toFixed(3) ?? 'unknown'}`,
      ...(arrivals === null ? [] : [describeArrivals(arrivals)]),
    ].join('; '),
    losses: losses.length === 0 ? null : { count: losses.length, mean: meanOf(losses)! },
  };
}

function lossesOfChampion(
  window: OutcomeWindow,
  { champion, task, lossScale }: OutcomeQuestion,
  mature: number,
): Float64Array {
  const losses = primaryLosses(task, window.labels, window.outputs);
  return scaleLosses(losses, lossScale).filter(
    (loss, row) => row < mature && window.versions[row] === champion && !Number.isNaN(loss),
  );
}

function describeRise({ before, after }: AdwinDetection): Finding {
  const reason = `the champion's loss rose from ${before.toFixed(3)} to ${after.toFixed(3)} (ADWIN)`;
  return { kind: 'performance-drift', reason, sources: ['adwin'] };
}

function describeAlarm({ mean, eValue }: RiskAlarm, limit: number): Finding {
  const reason = `the champion's loss is ${mean.toFixed(3)}, and its holdout promised at most ${limit.toFixed(3)} (absolute risk, e-value ${eValue.toFixed(0)})`;
  return { kind: 'performance-drift', reason, sources: ['absolute-risk'] };
}

/** Rows grow old without labels: nothing that is learned from outcomes can be trusted until the feed is mended. */
function judgeLabelFeed(
  { labels }: OutcomeWindow,
  { policy, arrivals }: OutcomeQuestion,
  mature: number,
): readonly Finding[] {
  if (mature < silenceRows) return [];
  const labelled = labels.subarray(0, mature).reduce((count, label) => count + (Number.isNaN(label) ? 0 : 1), 0);
  const coverage = arrivals?.coverage ?? 1;
  if (labelled >= mature * policy.matureShare * coverage * 0.5) return [];
  const usual = arrivals === null ? '' : `, where a share of ${formatShare(coverage)} is usual`;
  const reason = `only ${labelled} of ${mature} rows got a label within ${policy.labelDelayRows} rows${usual}: the label feed is silent`;
  return [{ kind: 'data-quality', reason, sources: ['label-feed'] }];
}

function describeArrivals({ coverage, medianMs, matureAgeMs }: LabelArrivals): string {
  const usual = `a share of ${formatShare(coverage)} of rows gets a label, half of them within ${formatSpan(medianMs)}`;
  return `${usual}; rows are mature at ${formatSpan(matureAgeMs)}`;
}

const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]] as const; // prettier-ignore

/** 129600000 → "36 h": the largest unit of which there are two. */
function formatSpan(ms: number): string {
  const [unit, unitMs] = units.find(([, size]) => ms >= 2 * size) ?? (['ms', 1] as const);
  return `${formatNumber(ms / unitMs)} ${unit}`;
}

function meanOf(losses: Float64Array): number | null {
  return losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
