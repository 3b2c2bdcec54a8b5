import type { Importances } from '../explain/importances.ts';
import type { GateCosts } from '../gate/evidence.ts';
import type { ProbationState } from '../probation/state.ts';
import type { ProbationTrace } from '../probation/trace.ts';
import type { ProbationVerdict } from '../probation/judge.ts';
import type { SearchAccount } from '../search/successive-halving.ts';
import type { Feature } from '../table.ts';
import type { ModelComparison } from './comparison.ts';
import type { DriftSummary } from './drift-summary.ts';

/** Losses after each epoch; of regressions in units of the scaled label. */
export interface TrainingPoint {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
}

export interface CandidateLine {
  readonly id: string;
  readonly isChosen: boolean;
  readonly parameters: number;
  readonly validationLoss: number;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly trainSeconds: number;
  /** Empty for what was not trained but put together. */
  readonly curve: readonly TrainingPoint[];
}

/** A network of a blend. */
export interface MemberLine {
  readonly candidateId: string;
  readonly weight: number;
  /** Of this run, or of an earlier version. */
  readonly isOfThisRun: boolean;
}

export interface DataUsed {
  readonly snapshotId: string;
  readonly rows: number;
  readonly trainRows: number;
  readonly validationRows: number;
  readonly holdoutRows: number;
  readonly firstKey: string;
  readonly lastKey: string;
  /** Event time of the first and the last row, ms since the epoch, where the project has one; else when they were served, where they were. */
  readonly range: {
    readonly of: 'event time' | 'time of serving';
    readonly fromMs: number | null;
    readonly toMs: number | null;
  } | null;
  readonly label: string;
  readonly features: readonly Feature[];
  /** Shares of the classes; empty for values. */
  readonly classes: readonly { readonly name: string; readonly training: number; readonly holdout: number }[];
  /** All that was served so far, and how much of it has a label. */
  readonly predictions: number;
  readonly labels: number;
  /** Rows whose labels are waited for, and the share that makes a cohort mature. */
  readonly labelDelayRows: number;
  readonly matureShare: number;
}

/** What a gate saw, as far as its report shows it. Plain JSON of bounded size. */
export interface RetrainingEvidence {
  readonly kind: 'retraining';
  readonly gatheredAtMs: number;
  readonly champion: string | null;
  readonly comparison: ModelComparison;
  /** The holdout against what the champion learned from; null without a champion. */
  readonly drift: DriftSummary | null;
  /** Of the challenger; null where they were not measured. */
  readonly importances: Importances | null;
  readonly candidates: readonly CandidateLine[];
  /** Absent where candidates were not compared on the way. */
  readonly search?: SearchAccount;
  readonly members: readonly MemberLine[];
  readonly data: DataUsed;
  readonly costs: GateCosts;
}

/** What a probation has seen so far. */
export interface ProbationEvidence {
  readonly kind: 'probation';
  readonly lookedAtMs: number;
  readonly champion: string;
  readonly previous: string;
  readonly state: ProbationState;
  readonly verdict: ProbationVerdict;
  readonly trace: ProbationTrace;
}
