import type { ReportNote } from '../../domain/report/kind.ts';

/** One decision, or one step of it, with the evidence it rests on. */
export interface LedgerEntry {
  /** Unique: appending an id twice records it once. */
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  /** One sentence a person can read. */
  readonly summary: string;
  readonly evidence: unknown;
  /** Of the decision's report, where it has one. */
  readonly report?: ReportNote;
}

/** Append-only record of every decision of a model. */
export interface Ledger {
  append(model: string, entry: LedgerEntry): Promise<void>;
  read(model: string): Promise<readonly LedgerEntry[]>;
}
