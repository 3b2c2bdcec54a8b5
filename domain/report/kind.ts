/** What a decision's report is about, and the name of its folder among those of its model. */
export interface ReportRef {
  readonly kind: 'retraining' | 'probation' | 'rollback';
  readonly id: string;
}

/** Where a decision's report lies below the home directory, or why it is not what it should be. */
export interface ReportNote {
  readonly path: string | null;
  readonly problem: string | null;
}

/** The report that an entry of the ledger closes; null for entries in between. */
export function reportOf({ id, kind }: { readonly id: string; readonly kind: string }): ReportRef | null {
  const [decisionId = '', step = ''] = id.split('/');
  if (kind.startsWith('gate: ') || kind === 'retraining failed') return retrainingReport(decisionId);
  if (kind.startsWith('probation: ')) return probationReport(decisionId);
  // An operator's request for a rollback is an entry of the same kind.
  return kind === 'rollback' && step === 'done' ? { kind: 'rollback', id: decisionId } : null;
}

export function retrainingReport(decisionId: string): ReportRef {
  return { kind: 'retraining', id: decisionId };
}

/** A probation shares the id of the promotion that it watches, which shares that of the retraining. */
export function probationReport(decisionId: string): ReportRef {
  return { kind: 'probation', id: `${decisionId}-probation` };
}
