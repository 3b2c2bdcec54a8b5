import { join } from 'node:path';
import type { Reports } from '../adapters/ports/reports.ts';
import { describeAmount } from '../domain/lifecycle/clock.ts';
import type { LedgerRecord } from '../domain/lifecycle/events.ts';
import type { Switch } from '../domain/lifecycle/switch.ts';
import {
  buildProbationReport,
  buildRetrainingReport,
  buildRollbackReport,
  promotionOf,
  type ReportContext,
} from '../domain/report/build.ts';
import type { ProbationEvidence } from '../domain/report/evidence.ts';
import { probationReport, reportOf, type ReportNote, type ReportRef } from '../domain/report/kind.ts';
import type { GoldenProof, Report, ReportLink } from '../domain/report/report.ts';
import type { Dependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { logToRun, runOf } from './log-to-run.ts';
import { policyInForce } from './policy-in-force.ts';
import { currentScope } from './scope.ts';
import type { RecordRequest } from './types.ts';

/** Writes a decision into the ledger, with its report where it has one; the report's path. A report that can't be made is noted, and fails nothing. */
export async function recordDecision(deps: Dependencies, request: RecordRequest): Promise<string | null> {
  return await withHeartbeat(async () => {
    const { project, record } = request;
    const note = await reportOn(deps, request);
    await deps.ledger.append(project.model, note === null ? record : { ...record, report: note });
    await noteStanding(deps, request);
    await forgetWork(deps, record);
    return note?.path ?? null;
  });
}

/** A retraining that has come to an end, good or bad, needs its checkpoints and packages no more: they would grow by twice what the registry does. */
async function forgetWork({ runtime, workDirectory }: Dependencies, { id }: LedgerRecord): Promise<void> {
  const [decisionId = '', what] = id.split('/');
  if (what !== 'gate' && what !== 'failed') return;
  try {
    await runtime.forget(join(workDirectory, decisionId));
  } catch (error) {
    currentScope().warn('what a retraining left could not be removed', { decision: decisionId, error });
  }
}

/** For the dashboard; nothing else is lost where it can't be written. */
async function noteStanding({ reports }: Dependencies, { project, standing }: RecordRequest): Promise<void> {
  try {
    await reports?.noteStanding(project.model, standing);
  } catch (error) {
    currentScope().warn('where a model stands could not be noted', { model: project.model, error });
  }
}

async function reportOn(deps: Dependencies, request: RecordRequest): Promise<ReportNote | null> {
  const ref = reportOf(request.record);
  if (ref === null || deps.reports === null) return null;
  try {
    const report = await build(deps, deps.reports, request, ref);
    const { path, page, json } = await deps.reports.write(report);
    const files = { [`reports/${report.kind}.html`]: page, [`reports/${report.kind}.json`]: json };
    await logToRun(deps, report, files);
    return { path, problem: report.problem };
  } catch (error) {
    const { id } = request.record;
    currentScope().warn('a report could not be written', { decision: id, error });
    return { path: null, problem: `no report: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function linkToRun(
  { tracking }: Dependencies,
  model: string,
  decisionId: string,
): Promise<readonly ReportLink[]> {
  const run = await tracking.read(runOf(model, decisionId)).catch(() => null);
  return run === null ? [] : [{ name: `run ${run.name}`, url: run.url }];
}

async function build(deps: Dependencies, reports: Reports, request: RecordRequest, ref: ReportRef): Promise<Report> {
  const { record, project } = request;
  const { model } = project;
  const ledger = await deps.ledger.read(model);
  const [decisionId = ''] = record.id.split('/');
  const links = [...linksOf(reports, model, decisionId, ref), ...(await linkToRun(deps, model, decisionId))];
  const context = { model, ref, record, ledger, links, problem: null };
  switch (ref.kind) {
    case 'retraining': {
      const evidence = await reports.readEvidence(model, { ...ref, kind: 'retraining' });
      return buildRetrainingReport({ ...context, problem: whyNoEvidence(record, evidence) }, evidence);
    }
    case 'probation': {
      const evidence = await reports.readEvidence(model, { ...ref, kind: 'probation' });
      return buildProbationReport({ ...context, problem: whyNoEvidence(record, evidence) }, evidence);
    }
    case 'rollback':
      return await buildRollback(deps, reports, request, context);
  }
}

/** A run that was blocked or failed came to no gate, and a watch that broke off at once has seen nothing: that is no problem of the report. */
function whyNoEvidence({ kind, evidence }: LedgerRecord, kept: object | null): string | null {
  const isJudged = kind.startsWith('gate: ') && (evidence as { version: string | null }).version !== null;
  return kept === null && (isJudged || kind.startsWith('probation: '))
    ? 'the evidence could not be kept when it was gathered (the worker’s log says why): this page shows what the ledger has'
    : null;
}

async function buildRollback(
  deps: Dependencies,
  reports: Reports,
  { project, record }: RecordRequest,
  context: ReportContext,
): Promise<Report> {
  const plan = record.evidence as Switch;
  const policy = await policyInForce(deps, project);
  const promotion = promotionOf(context.ledger, plan.before.champion);
  const evidence = promotion === null ? null : await readProbation(reports, project.model, promotion.decisionId);
  const proofs = await proveServing(deps, project.model, plan, policy.serving.goldenTolerance);
  return buildRollbackReport(context, {
    proofs,
    evidence,
    quarantineLasts: describeAmount(policy.rollback.quarantine),
  });
}

async function readProbation(reports: Reports, model: string, decisionId: string): Promise<ProbationEvidence | null> {
  return await reports.readEvidence(model, { ...probationReport(decisionId), kind: 'probation' });
}

/** Asks every living replica now: a proof is what is seen, not what was planned. */
async function proveServing(
  { replicas }: Dependencies,
  model: string,
  { after }: Switch,
  tolerance: number,
): Promise<readonly GoldenProof[]> {
  const found = await replicas.list(model).catch(() => []);
  return await Promise.all(
    found.map(async (replica) => {
      const { replicaId, url, serving } = replica;
      const asked = after.champion === null ? null : replicas.verifyGolden(replica, model, after.champion);
      const difference = asked === null ? null : await asked.catch(() => null);
      return { replicaId, url, serving, difference, tolerance };
    }),
  );
}

function linksOf(reports: Reports, model: string, decisionId: string, { kind }: ReportRef): readonly ReportLink[] {
  const own =
    kind === 'rollback' ? [] : [reports.linkTo(`${kind === 'retraining' ? 'retrain' : 'probation'}/${decisionId}`)];
  return [...own, reports.linkTo(`lifecycle/${model}`)];
}
