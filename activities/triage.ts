import { selectRows, type ScoredRows } from '../domain/calibration/scored-rows.ts';
import { measureScores, type ScoreProfile } from '../domain/calibration/profile.ts';
import type { Triage } from '../domain/lifecycle/results.ts';
import type { PolicyClock } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import { diagnose, type Diagnosis } from '../domain/triage/diagnose.ts';
import { mayCallForTraining, judgeTriage, mayRecalibrate } from '../domain/triage/judge.ts';
import { measureExcess, predictionsWithin, weighRetraining, type Payback } from '../domain/triage/payback.ts';
import type { Dependencies } from './dependencies.ts';
import { readExaminedOutcomes } from './examined-version.ts';
import type { ServedRows } from './gather-rows.ts';
import { withHeartbeat } from './heartbeat.ts';
import { countMatureOfAll } from './label-ages.ts';
import type { TriageRequest } from './types.ts';

export interface Judgement {
  readonly triage: Triage;
  /** What was looked at, for the snapshot that may follow; null where nothing was. */
  readonly served: ServedRows | null;
}

/** Reads what the champion's newest outcomes show, where that matters, and judges what the signals call for. */
export async function judgeSignals(deps: Dependencies, request: TriageRequest): Promise<Judgement> {
  return await withHeartbeat(async () => {
    const { signals, champion, project } = request;
    const examined = champion === null || !mayCallForTraining(signals) ? null : examine(deps, request, champion);
    const [seen, recalibrated] = await Promise.all([examined, wasRecalibrated(deps, project.model)]);
    const performance = seen?.performance ?? null;
    const triage = judgeTriage({
      signals,
      diagnosis: performance === null ? null : diagnoseChampion(performance, request, recalibrated),
      payback: performance === null ? null : weigh(performance, request),
      wasRecalibrated: recalibrated,
    });
    return { triage, served: seen?.served ?? null };
  });
}

interface Performance {
  readonly task: Task;
  readonly recent: ScoredRows;
  readonly now: ScoreProfile;
  readonly holdout: ScoreProfile;
  /** Of this champion, as far as outcomes were read. */
  readonly ownRows: number;
  /** Of all rows that are in the log. */
  readonly pace: Pick<PolicyClock, 'rows' | 'labels'>;
}

interface Examined {
  readonly served: ServedRows;
  /** Null where the champion has too few outcomes. */
  readonly performance: Performance | null;
}

/** Null where the champion was packaged without its own measure of itself. */
async function examine(
  deps: Dependencies,
  { project, policy: { monitor, triage } }: TriageRequest,
  champion: string,
): Promise<Examined | null> {
  const { registry, packages } = deps;
  const { model } = project;
  const packageDirectory = await registry.fetchPackage(model, champion);
  const holdout = await packages.readScores(packageDirectory);
  if (holdout === null) return null;
  const { schema, task } = await packages.readSignature(packageDirectory);
  // A signal waits for both: they are read side by side.
  const [worth, outcomes] = await Promise.all([
    deps.loadProject(project).then((loaded) => deps.loadUtility(loaded, schema)),
    readExaminedOutcomes(deps, { model, schema }),
  ]);
  const { labels, outputs, versions } = outcomes;
  const utility = worth ?? undefined;
  const mature = countMatureOfAll(outcomes, monitor);
  const isOwn = (row: number): boolean => versions[row] === champion;
  const known = selectRows(
    { labels, predictions: outputs },
    (row) => row < mature && isOwn(row) && !Number.isNaN(labels[row]),
  );
  const recent = selectRows(known, (row) => row >= known.labels.length - monitor.windowRows);
  const now = recent.labels.length < triage.minRows ? null : measureScores(task, recent, utility);
  const ownRows = versions.filter((_, row) => isOwn(row)).length;
  const pace = {
    rows: labels.length,
    labels: labels.reduce((count, label) => count + Number(!Number.isNaN(label)), 0),
  };
  const performance = now === null ? null : { task, recent, now, holdout, ownRows, pace };
  return { served: { schema, outcomes, mature }, performance };
}

function diagnoseChampion(performance: Performance, request: TriageRequest, recalibrated: boolean): Diagnosis {
  return diagnose(performance, request.policy.triage, (ranking) =>
    mayRecalibrate(request.signals, recalibrated, ranking),
  );
}

function weigh(performance: Performance, { policy }: TriageRequest): Payback {
  return weighRetraining({
    excessLoss: measureExcess(performance),
    predictions: predictionsWithin(policy.retrain.cooldown, performance.pace) ?? policy.monitor.windowRows,
    servedRows: performance.ownRows,
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
