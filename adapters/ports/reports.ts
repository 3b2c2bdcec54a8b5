import type { ProbationEvidence, RetrainingEvidence } from '../../domain/report/evidence.ts';
import type { MonitorObservation } from '../../domain/dashboard/observation.ts';
import type { Standing } from '../../domain/lifecycle/standing.ts';
import type { ReportRef } from '../../domain/report/kind.ts';
import type { Report, ReportLink } from '../../domain/report/report.ts';

export interface EvidenceOf {
  readonly retraining: RetrainingEvidence;
  readonly probation: ProbationEvidence;
}

export interface WrittenReport {
  /** Of the page, below the home directory, with slashes. */
  readonly path: string;
  readonly page: string;
  readonly json: string;
}

/** What people look at. A report's evidence is kept by reference until its decision is recorded. */
export interface Reports {
  /** Replaces what was kept before. */
  keepEvidence<K extends keyof EvidenceOf>(
    model: string,
    ref: ReportRef & { kind: K },
    evidence: EvidenceOf[K],
  ): Promise<void>;
  /** Null where none was kept. */
  readEvidence<K extends keyof EvidenceOf>(model: string, ref: ReportRef & { kind: K }): Promise<EvidenceOf[K] | null>;
  /** Writes the page with its JSON beside it. */
  write(report: Report): Promise<WrittenReport>;
  /** One more look of the monitor, for the dashboard; what is old is thinned out. */
  noteObservation(model: string, observation: MonitorObservation): Promise<void>;
  /** Oldest first. */
  readObservations(model: string): Promise<readonly MonitorObservation[]>;
  /** The newest counts. */
  noteStanding(model: string, standing: Standing): Promise<void>;
  /** Null before the first decision. */
  readStanding(model: string): Promise<Standing | null>;
  /** Where to read on: workflows in Temporal's Web UI, by their ids. */
  linkTo(workflowId: string): ReportLink;
}
