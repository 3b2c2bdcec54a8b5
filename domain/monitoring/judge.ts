import { countColumn } from '../drift/column-histogram.ts';
import { judgeDrift, type DriftPolicy } from '../drift/judge.ts';
import { primaryLosses } from '../gate/losses.ts';
import type { Signal } from '../lifecycle/signals.ts';
import { blockMeans, scanAdwin, type AdwinDetection, type AdwinState } from '../outcomes/adwin.ts';
import { matureCount } from '../outcomes/maturity.ts';
import type { MonitorPolicy } from '../policy.ts';
import type { Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';
import { predictionColumn, type DriftReference } from './reference.ts';

/** A signal before it is given its time. */
export type Finding = Omit<Signal, 'atMs'>;

export interface InputWindow {
  readonly task: Task;
  readonly inputs: Table;
  readonly outputs: Predictions;
  readonly reference: DriftReference;
}

/** Have the inputs or the predictions of the current window drifted from the champion's reference? */
export function judgeInputs(
  { task, inputs, outputs, reference }: InputWindow,
  policy: DriftPolicy,
): { readonly signals: readonly Finding[]; readonly summary: string } {
  const features = Object.entries(reference.features).flatMap(([name, histogram]) => {
    const column = inputs.columns[name];
    return column === undefined ? [] : [{ name, reference: histogram, current: countColumn(histogram.spec, column) }];
  });
  const predictions = countColumn(reference.prediction.spec, predictionColumn(task, outputs, inputs.rowCount));
  const report = judgeDrift(
    { features, prediction: { reference: reference.prediction, current: predictions } },
    policy,
  );
  const signals: Finding[] = [];
  if (report.verdict.outcome === 'fail') {
    const sources = report.drifted.map(({ feature }) => feature);
    signals.push({ kind: 'data-drift', reason: report.verdict.reason, sources });
  }
  if (report.prediction?.outcome === 'fail') {
    signals.push({ kind: 'prediction-drift', reason: report.prediction.reason, sources: ['prediction'] });
  }
  return { signals, summary: report.verdict.reason };
}

/** Rows in prediction order, with NaN where no label has arrived. */
export interface OutcomeWindow {
  readonly versions: readonly string[];
  readonly outputs: Predictions;
  readonly labels: Float64Array;
}

export interface OutcomeQuestion {
  readonly champion: string;
  readonly task: Task;
  /** Losses are divided by this and held below 1. */
  readonly lossScale: number;
  readonly policy: MonitorPolicy;
}

export interface OutcomeFindings {
  readonly signals: readonly Finding[];
  readonly adwin: AdwinState;
  /** How many rows of the window were judged; later ones wait for their labels. */
  readonly matureRows: number;
  readonly summary: string;
}

/** Fewer mature rows than this say nothing about the label feed. */
const silenceRows = 200;

/** Has the champion's loss risen on the rows whose labels have matured? Improvements are no reason to look. */
export function judgeOutcomes(window: OutcomeWindow, question: OutcomeQuestion, before: AdwinState): OutcomeFindings {
  const { policy } = question;
  const mature = wholeBlocks(matureCount(window.labels, policy), policy.lossBlockRows);
  const losses = lossesOfChampion(window, question, mature);
  const blocks = policy.lossBlockRows > 1 ? blockMeans(losses, policy.lossBlockRows) : losses;
  const { state, detections } = scanAdwin(before, blocks);
  const rise = detections.findLast(({ direction }) => direction === 'up');
  const signals = [...(rise === undefined ? [] : [describeRise(rise)]), ...judgeLabelFeed(window, question, mature)];
  const summary = `${losses.length.toLocaleString('en-US')} new outcomes, mean loss ${meanOf(losses)}`;
  return { signals, adwin: state, matureRows: mature, summary };
}

function wholeBlocks(rows: number, blockRows: number): number {
  return rows - (rows % blockRows);
}

function lossesOfChampion(
  window: OutcomeWindow,
  { champion, task, lossScale }: OutcomeQuestion,
  mature: number,
): Float64Array {
  const losses = primaryLosses(task, window.labels, window.outputs);
  return losses
    .map((loss) => Math.min(1, loss / lossScale))
    .filter((loss, row) => row < mature && window.versions[row] === champion && !Number.isNaN(loss))
    .slice();
}

function describeRise({ before, after }: AdwinDetection): Finding {
  const reason = `the champion's loss rose from ${before.toFixed(3)} to ${after.toFixed(3)} (ADWIN)`;
  return { kind: 'performance-drift', reason, sources: ['adwin'] };
}

/** Rows grow old without labels: nothing that is learned from outcomes can be trusted until the feed is mended. */
function judgeLabelFeed({ labels }: OutcomeWindow, { policy }: OutcomeQuestion, mature: number): readonly Finding[] {
  if (mature < silenceRows) return [];
  const labelled = labels.subarray(0, mature).reduce((count, label) => count + (Number.isNaN(label) ? 0 : 1), 0);
  if (labelled >= mature * policy.matureShare * 0.5) return [];
  const reason = `only ${labelled} of ${mature} rows got a label within ${policy.labelDelayRows} rows: the label feed is silent`;
  return [{ kind: 'data-quality', reason, sources: ['label-feed'] }];
}

function meanOf(losses: Float64Array): string {
  if (losses.length === 0) return 'unknown';
  return (losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toFixed(3);
}
