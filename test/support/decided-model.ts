import { join } from 'node:path';
import { createControlActivities, createTrainingActivities } from '../../activities/index.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import type { PredictionLog } from '../../adapters/ports/store.ts';
import { openPredictionLog } from '../../adapters/store/prediction-log.ts';
import { homeAt } from '../../config/home.ts';
import { loadProject } from '../../config/load-project.ts';
import { noExams } from '../../domain/lifecycle/exams.ts';
import type { RetrainResult } from '../../domain/lifecycle/results.ts';
import { standingOf } from '../../domain/lifecycle/standing.ts';
import { initialState, type LifecycleState } from '../../domain/lifecycle/state.ts';
import { planPromotion, planRollback, type Switch } from '../../domain/lifecycle/switch.ts';
import type { Policy } from '../../domain/project.ts';
import { compose } from '../../worker/compose.ts';
import { findChallenger } from '../../workflows/find-challenger.ts';
import { makePriceRows, writePriceProject } from './price-project.ts';

export const decidedModel = 'prices';

/** A model's life without a server: real activities on real files, told what a lifecycle would tell them. */
export interface DecidedModel {
  readonly deps: Dependencies;
  readonly home: string;
  /** Trains, holds the exam and records the verdict; the path of the report. */
  retrain(decisionId: string): Promise<{ readonly result: RetrainResult; readonly report: string | null }>;
  /** Moves the aliases as a promotion would, and records it. */
  promote(decisionId: string, version: string): Promise<Switch>;
  /** Rows that the champion answered, its predecessor in the shadow, with their labels. */
  serve(
    rows: number,
    options: { readonly champion: string; readonly previous: string; readonly isGood: boolean },
  ): Promise<void>;
  /** One look of the monitor. */
  observe(): Promise<void>;
  /** Where the model's life stands, as its lifecycle would note it with an entry. */
  stand(changes: Partial<LifecycleState>): Promise<void>;
  /** Looks until all labels are seen, and records what a watch says that ends here. */
  watch(promotion: Switch): Promise<string | null>;
  rollBack(promotion: Switch): Promise<string | null>;
  close(): Promise<void>;
}

export async function beginModel(
  home: string,
  directory = join(home, 'project'),
  more: object = {},
): Promise<DecidedModel> {
  await writePriceProject(directory, {
    challenger: { blendMembers: 2, blendVersions: 1, refit: true },
    probation: { blockLabels: 8, minLabels: 100, horizonLabels: 4_000 },
    monitor: { windowRows: 500, labelDelayRows: 500 },
    snapshot: { holdoutShare: 0.6 },
    ...more,
  });
  const deps = await compose(homeAt(home), { temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' } });
  const { policy } = await loadProject(directory);
  const log = await openPredictionLog({ directory: homeAt(home).store, replicaId: 'one' });
  return toModel({ deps, home, policy, log, project: { model: decidedModel, directory } });
}

interface Parts {
  readonly deps: Dependencies;
  readonly home: string;
  readonly policy: Policy;
  readonly log: PredictionLog;
  readonly project: { readonly model: string; readonly directory: string };
}

function toModel({ deps, home, policy, log, project }: Parts): DecidedModel {
  const control = createControlActivities(deps);
  const training = createTrainingActivities(deps);
  const { model } = project;
  let lastKey: string | null = null;
  let served = 0;
  const record = (id: string, kind: string, summary: string, evidence: unknown): Promise<string | null> =>
    control.appendLedger({
      project,
      record: { id, kind, atMs: Date.now(), summary, evidence },
      standing: standingOf(initialState(model, policy), Date.now()),
    });
  return {
    deps,
    home,
    async retrain(decisionId) {
      const signals = [{ kind: 'performance-drift', reason: 'the champion’s loss rose from .1 to .3', atMs: 0 }];
      await record(`${decisionId}/signals`, 'signals', `performance-drift: ${signals[0]!.reason}`, signals);
      const { champion } = await deps.registry.getAliases(model);
      const request = { project, policy, decisionId, mode: 'train' as const, isAskedFor: true, trainingData: null };
      const result = await findChallenger(
        { ...request, freshAfterKey: lastKey, champion, quarantined: [], exams: noExams },
        {
          judging: control,
          train: (one) => training.trainCandidate(one),
          blend: (one) => training.blendCandidates(one),
          onSnapshot: () => undefined,
          onStopped: () => undefined,
          allFailed: () => new Error('nothing was trained'),
        },
      );
      lastKey = result.lastKey;
      return { result, report: await record(`${decisionId}/gate`, `gate: ${result.outcome}`, result.reason, result) };
    },
    async promote(decisionId, version) {
      const plan = planPromotion(await deps.registry.getAliases(model), version, {
        decisionId,
        reason: 'challenger is better',
        by: 'policy',
      });
      await deps.registry.setAlias(model, 'previous', plan.after.previous);
      await deps.registry.setAlias(model, 'champion', plan.after.champion);
      await record(`${decisionId}/done`, 'promotion', `promoted version ${version}`, plan);
      return plan;
    },
    async serve(count, { champion, previous, isGood }) {
      const { rows, labels } = makePriceRows(count, 100 + served);
      const atMs = 1_760_000_000_000 + served * 60_000;
      const records = rows.map((features, index) => {
        const isUp = labels[index] === 'up';
        const [right, wrong] = [isUp ? 0.9 : 0.1, isUp ? 0.1 : 0.9];
        const isRight = isGood ? index % 10 !== 0 : index % 3 !== 0;
        const id = `${String(atMs + index * 60_000).padStart(13, '0')}-one-${String(served + index).padStart(6, '0')}`;
        const shadow = { version: previous, output: [index % 5 === 0 ? wrong : right] };
        const moved = { ...features, price: features.price + (isGood ? 0 : 4) };
        return {
          id,
          atMs: atMs + index * 60_000,
          eventMs: null,
          version: champion,
          features: moved,
          output: [isRight ? right : wrong],
          shadow,
          requestId: 'r',
          latencyMs: 1,
        };
      });
      await log.appendPredictions(model, records);
      await log.appendLabels(
        model,
        records.map(({ id, atMs: at }, index) => ({ id, label: labels[index]!, atMs: at })),
      );
      served += count;
    },
    async observe() {
      const { cursor } = await control.observe({ project });
      if (cursor !== null) await control.saveCursor({ model, cursor });
    },
    async stand(changes) {
      const state = { ...initialState(model, policy), ...changes };
      await deps.reports!.noteStanding(model, standingOf(state, Date.now()));
    },
    async watch({ decisionId, before, after }) {
      const look = await control.lookAtProbation({
        project,
        policy,
        decisionId,
        champion: after.champion!,
        previous: before.champion!,
        progress: null,
        afterId: null,
        isWaitedFor: true,
      });
      const { outcome, reason, checks, worldChanged } = look.verdict;
      const known = outcome === 'continue' ? 'inconclusive' : outcome;
      const evidence = { outcome: known, reason, checks, worldChanged };
      return await record(`${decisionId}/probation`, `probation: ${known}`, reason, evidence);
    },
    async rollBack(promotion) {
      const plan = planRollback(promotion.after, promotion, {
        decisionId: `${promotion.decisionId}-rollback`,
        reason: 'new champion is worse than its predecessor',
        by: 'probation',
      });
      await deps.registry.setAlias(model, 'champion', plan.after.champion);
      await deps.registry.setAlias(model, 'previous', plan.after.previous);
      return await record(`${plan.decisionId}/done`, 'rollback', `rolled back to ${plan.after.champion}`, plan);
    },
    close: () => log.close(),
  };
}
