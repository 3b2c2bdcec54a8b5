import { selectRows, type ScoredRows } from '../domain/calibration/scored-rows.ts';
import { measureScores, type ScoreProfile } from '../domain/calibration/profile.ts';
import type { Triage } from '../domain/lifecycle/results.ts';
import type { PolicyClock } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import { diagnose, type Diagnosis } from '../domain/triage/diagnose.ts';
import { judgeTriage } from '../domain/triage/judge.ts';
import { measureExcess, predictionsWithin, weighRetraining, type Payback } from '../domain/triage/payback.ts';
import type { Dependencies } from './dependencies.ts';
import { readExaminedOutcomes } from './examined-version.ts';
import { withHeartbeat } from './heartbeat.ts';
import { countMature } from './label-ages.ts';
import type { TriageRequest } from './types.ts';

/** Reads what the champion's newest outcomes show, and judges what the signals call for. */
export async function judgeSignals(deps: Dependencies, request: TriageRequest): Promise<Triage> {
  return await withHeartbeat(async () => {
    const { signals, champion, project } = request;
    // A signal waits for all of these: they are read side by side.
    const [performance, clock, recalibrated] = await Promise.all([
      champion === null ? null : measurePerformance(deps, request, champion),
      champion === null ? null : deps.store.clock(project.model),
      wasRecalibrated(deps, project.model),
    ]);
    return judgeTriage({
      signals,
      diagnosis: performance === null ? null : diagnoseChampion(performance, request),
      payback: performance === null || clock === null ? null : weigh(performance, clock, request),
      wasRecalibrated: recalibrated,
    });
  });
}

interface Performance {
  readonly task: Task;
  readonly recent: ScoredRows;
  readonly now: ScoreProfile;
  readonly holdout: ScoreProfile;
  /** Of this champion, as far as outcomes were read. */
  readonly servedRows: number;
}

/** Null where the champion has too few outcomes, or was packaged without its own measure of itself. */
async function measurePerformance(
  deps: Dependencies,
  { project, policy: { monitor, triage } }: TriageRequest,
  champion: string,
): Promise<Performance | null> {
  const { store, registry, packages } = deps;
  const { model } = project;
  const packageDirectory = await registry.fetchPackage(model, champion);
  const holdout = await packages.readScores(packageDirectory);
  if (holdout === null) return null;
  const { schema, task } = await packages.readSignature(packageDirectory);
  const [worth, outcomes] = await Promise.all([
    deps.loadProject(project).then((loaded) => deps.loadUtility(loaded, schema)),
    readExaminedOutcomes(deps, { model, schema }),
  ]);
  const { labels, outputs, versions } = outcomes;
  const utility = worth ?? undefined;
  const mature = await countMature(store, { model, schema }, outcomes, monitor);
  const isOwn = (row: number): boolean => versions[row] === champion;
  const known = selectRows(
    { labels, predictions: outputs },
    (row) => row < mature && isOwn(row) && !Number.isNaN(labels[row]),
  );
  const recent = selectRows(known, (row) => row >= known.labels.length - monitor.windowRows);
  const now = recent.labels.length < triage.minRows ? null : measureScores(task, recent, utility);
  return now === null
    ? null
    : { task, recent, now, holdout, servedRows: versions.filter((_, row) => isOwn(row)).length };
}

function diagnoseChampion(performance: Performance, { policy }: TriageRequest): Diagnosis {
  return diagnose(performance, policy.triage);
}

function weigh(performance: Performance, clock: PolicyClock, { policy }: TriageRequest): Payback {
  return weighRetraining({
    excessLoss: measureExcess(performance),
    predictions: predictionsWithin(policy.retrain.cooldown, clock) ?? policy.monitor.windowRows,
    servedRows: performance.servedRows,
    costs: policy.triage.costs,
    trainingCost: policy.retrain.trainingCost,
    badPromotionRisk: policy.gate.alpha,
  });
}

const switches: readonly string[] = ['promotion', 'rollback', 'undo'];

/** Whether a recalibration was the last thing tried on the version that serves now. */
async function wasRecalibrated({ ledger }: Dependencies, model: string): Promise<boolean> {
  const kinds = (await ledger.read(model)).map(({ kind }) => kind);
  return kinds.lastIndexOf('triage: recalibrate') > kinds.findLastIndex((kind) => switches.includes(kind));
}
