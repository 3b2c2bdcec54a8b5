import type { ProbationResult, RetrainResult } from '../lifecycle/results.ts';
import type { Switch } from '../lifecycle/switch.ts';
import { describePlan } from '../lifecycle/switching.ts';
import type { Outcome } from '../verdict.ts';
import { toCheckLines } from './check-titles.ts';
import type { ProbationEvidence, RetrainingEvidence } from './evidence.ts';
import { reportOf, type ReportRef } from './kind.ts';
import type {
  GoldenProof,
  LineageStep,
  ProbationReport,
  Quarantine,
  ReportLink,
  RetrainingReport,
  RollbackReport,
} from './report.ts';

/** An entry of the ledger, as far as reports go. */
export interface LedgerFact {
  readonly id: string;
  readonly kind: string;
  readonly atMs: number;
  readonly summary: string;
  readonly evidence: unknown;
}

/** What every report is told. */
export interface ReportContext {
  readonly model: string;
  readonly ref: ReportRef;
  /** The entry that closes the decision. */
  readonly record: LedgerFact;
  /** All that the ledger has of the model, oldest first. */
  readonly ledger: readonly LedgerFact[];
  readonly links: readonly ReportLink[];
  readonly problem: string | null;
}

/** The report of a retraining, also of one that was refused before any training, or that failed. */
export function buildRetrainingReport(context: ReportContext, evidence: RetrainingEvidence | null): RetrainingReport {
  const { record } = context;
  const result = record.kind === 'retraining failed' ? null : (record.evidence as RetrainResult);
  const { checks = [], ...rest } = result ?? {};
  return {
    ...headOf(context),
    kind: 'retraining',
    title: `Retraining ${context.ref.id}`,
    outcome: outcomeOf(result),
    sentence: describeResult(result, record.summary),
    version: result?.version ?? null,
    candidateId: result?.candidateId ?? null,
    checks: toCheckLines(checks),
    evidence,
    result: result === null ? null : (rest as Omit<RetrainResult, 'checks'>),
    golden: result?.golden ?? null,
  };
}

function outcomeOf(result: RetrainResult | null): Outcome {
  if (result === null) return 'fail';
  return result.outcome === 'blocked' ? 'inconclusive' : result.outcome;
}

function describeResult(result: RetrainResult | null, summary: string): string {
  if (result === null) return `The retraining failed: ${summary}.`;
  const { outcome, version, reason } = result;
  const lead = {
    pass: `Version ${version} passed the gate`,
    fail: `Version ${version} was turned down`,
    inconclusive: `Version ${version} is not promoted unless a person says so`,
    blocked: 'Nothing was trained',
  }[outcome];
  return `${lead}: ${reason}.`;
}

/** The report of a probation that has ended. */
export function buildProbationReport(context: ReportContext, evidence: ProbationEvidence | null): ProbationReport {
  const { outcome, reason, checks, worldChanged } = context.record.evidence as ProbationResult;
  const watched = evidence === null ? 'The new champion' : `Version ${evidence.champion}`;
  const lead = {
    confirmed: `${watched} is confirmed`,
    'rolled-back': `${watched} is rolled back`,
    inconclusive: `${watched} is left to a person`,
  }[outcome];
  return {
    ...headOf(context),
    kind: 'probation',
    title: `Probation ${decisionOf(context)}`,
    outcome: ({ confirmed: 'pass', 'rolled-back': 'fail', inconclusive: 'inconclusive' } as const)[outcome],
    sentence: `${lead}: ${reason}.`,
    checks: toCheckLines(checks),
    // Histories from before it was told don't have it.
    worldChanged: worldChanged ?? null,
    evidence,
  };
}

export interface RollbackFacts {
  readonly proofs: readonly GoldenProof[];
  readonly evidence: ProbationEvidence | null;
  /** How long a quarantine lasts, in words. */
  readonly quarantineLasts: string;
}

/** The report of a rollback that was carried out. */
export function buildRollbackReport(
  context: ReportContext,
  { proofs, evidence, quarantineLasts }: RollbackFacts,
): RollbackReport {
  const plan = context.record.evidence as Switch;
  const plain = describePlan(plan);
  return {
    ...headOf(context),
    kind: 'rollback',
    title: `Rollback ${context.ref.id}`,
    outcome: isProven(proofs, plan) ? 'pass' : 'inconclusive',
    sentence: `${plain.charAt(0).toUpperCase()}${plain.slice(1)} by ${plan.by}: ${plan.reason}.`,
    plan,
    proofs,
    quarantine: describeQuarantine(context, plan.before.champion, quarantineLasts),
    evidence,
  };
}

function isProven(proofs: readonly GoldenProof[], { after }: Switch): boolean {
  return (
    proofs.length > 0 &&
    proofs.every(
      ({ serving, difference, tolerance }) =>
        serving === after.champion && difference !== null && difference <= tolerance,
    )
  );
}

function describeQuarantine({ ledger }: ReportContext, version: string | null, lasts: string): Quarantine | null {
  if (version === null) return null;
  const results = ledger
    .filter(({ kind }) => kind.startsWith('gate: '))
    .map(({ evidence }) => evidence as RetrainResult);
  const made = results.findLast((result) => result.version === version);
  return {
    version,
    candidateId: made?.candidateId ?? null,
    fingerprint: made?.fingerprint ?? null,
    snapshotId: made?.snapshotId ?? null,
    lasts,
  };
}

function headOf(context: ReportContext) {
  const { model, ref, record, links, problem } = context;
  return {
    format: 1 as const,
    model,
    id: ref.id,
    decisionId: decisionOf(context),
    atMs: record.atMs,
    problem,
    lineage: traceLineage(context),
    links,
  };
}

function decisionOf({ record }: ReportContext): string {
  return record.id.split('/')[0] ?? '';
}

/** The newest promotion of a version, or of the one that it followed the labels from; null where nobody promoted it. */
export function promotionOf(ledger: readonly LedgerFact[], version: string | null): Switch | null {
  const switches = ledger
    .filter(({ kind }) => kind === 'promotion' || kind === 'follow')
    .map(({ evidence }) => evidence as Switch);
  let wanted = version;
  for (const plan of switches.reverse()) {
    if (plan.after.champion !== wanted) continue;
    if (plan.kind === 'promotion') return plan;
    wanted = plan.before.champion;
  }
  return null;
}

/** The retraining that a decision goes back to. Example: `electricity-0003-rollback` goes back to `electricity-0003`. */
export function rootDecision(decisionId: string): string {
  return decisionId.replace(/(-(override|rollback|undo))+$/, '');
}

/** The entries of the same chain of decisions: a rollback names the promotion that it takes back in its id. */
function traceLineage(context: ReportContext): readonly LineageStep[] {
  const { ledger, record } = context;
  const root = rootDecision(decisionOf(context));
  const belongs = ({ id }: LedgerFact): boolean => id.startsWith(`${root}/`) || id.startsWith(`${root}-`);
  const before = ledger.filter((entry) => belongs(entry) && entry.id !== record.id);
  return [...before, record].map((entry) => ({
    atMs: entry.atMs,
    kind: entry.kind,
    summary: entry.summary,
    reportId: entry.id === record.id ? null : (reportOf(entry)?.id ?? null),
  }));
}
