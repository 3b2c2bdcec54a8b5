import type { LadderState } from '../gate/ladder.ts';
import type { Switch } from '../lifecycle/switch.ts';
import type { RetrainResult } from '../lifecycle/results.ts';
import type { Check, Outcome } from '../verdict.ts';
import type { ProbationEvidence, RetrainingEvidence } from './evidence.ts';

/** A check, named for people. */
export interface CheckLine extends Check {
  readonly title: string;
}

/** A step on the way to the decision, as the ledger has it. */
export interface LineageStep {
  readonly atMs: number;
  readonly kind: string;
  readonly summary: string;
  /** Folder of its own report among the model's; null where it has none. */
  readonly reportId: string | null;
}

export interface ReportLink {
  readonly name: string;
  /** Null where it is known by its name only. */
  readonly url: string | null;
}

interface ReportHead {
  /** Of `report.json`; a change that breaks readers counts it up. */
  readonly format: 1;
  readonly model: string;
  /** Name of the report's folder. */
  readonly id: string;
  readonly decisionId: string;
  readonly atMs: number;
  readonly title: string;
  readonly outcome: Outcome;
  /** The verdict in one sentence. */
  readonly sentence: string;
  /** What is missing from the report, in a sentence; null where nothing is. */
  readonly problem: string | null;
  readonly lineage: readonly LineageStep[];
  readonly links: readonly ReportLink[];
}

export interface RetrainingReport extends ReportHead {
  readonly kind: 'retraining';
  readonly version: string | null;
  readonly candidateId: string | null;
  readonly checks: readonly CheckLine[];
  /** Null where there was no gate, or its evidence is lost. */
  readonly evidence: RetrainingEvidence | null;
  readonly result: Omit<RetrainResult, 'checks'> | null;
  readonly golden: LadderState | null;
}

export interface ProbationReport extends ReportHead {
  readonly kind: 'probation';
  readonly checks: readonly CheckLine[];
  readonly worldChanged: string | null;
  readonly evidence: ProbationEvidence | null;
}

/** A replica's answer to golden rows after the rollback. */
export interface GoldenProof {
  readonly replicaId: string;
  readonly url: string;
  readonly serving: string | null;
  /** Largest absolute difference from the golden predictions; null where it could not be asked. */
  readonly difference: number | null;
  readonly tolerance: number;
}

export interface Quarantine {
  readonly version: string;
  readonly candidateId: string | null;
  readonly fingerprint: string | null;
  readonly snapshotId: string | null;
  /** How long it lasts, in words. */
  readonly lasts: string;
}

export interface RollbackReport extends ReportHead {
  readonly kind: 'rollback';
  readonly plan: Switch;
  readonly proofs: readonly GoldenProof[];
  /** Null where nothing served before. */
  readonly quarantine: Quarantine | null;
  /** What probation saw of the version that was rolled back, where there was one. */
  readonly evidence: ProbationEvidence | null;
}

/** The content of a page, and of the `report.json` beside it. */
export type Report = RetrainingReport | ProbationReport | RollbackReport;
