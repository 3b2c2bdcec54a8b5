import type { Dependencies } from '../activities/dependencies.ts';
import { loadModel } from '../adapters/runtime/load-model.ts';
import type { LoadedModel } from '../adapters/ports/model-runtime.ts';
import type { ModelProject } from '../domain/project.ts';
import { sliceTable } from '../domain/snapshot/tables.ts';
import { taskOf, type Predictions } from '../domain/task.ts';
import { createLife, type Life } from './decide.ts';
import { composeReplay } from './dependencies.ts';
import { measure, type Quality } from './measure.ts';
import { createReplayStore } from './replay-store.ts';
import { serveBlock } from './serve-block.ts';
import type { Strategy } from './strategies.ts';
import type { Stream } from './stream.ts';

export interface ReplayedEvent {
  /** Counted from 1; 0 is before the first. */
  readonly block: number;
  readonly kind: string;
  readonly summary: string;
}

export interface BlockReport {
  readonly rows: number;
  readonly version: string;
  readonly quality: Quality;
}

/** What one policy would have done. */
export interface PolicyReport {
  readonly policy: string;
  readonly rows: number;
  readonly quality: Quality;
  /** Retraining runs, the first champion's not counted. */
  readonly retrainings: number;
  readonly promotions: number;
  readonly rollbacks: number;
  /** How often the champion's shares were moved after the labels; no training, and no promotion. */
  readonly followed: number;
  readonly trainingSeconds: number;
  readonly blocks: readonly BlockReport[];
  readonly events: readonly ReplayedEvent[];
}

/** Replays a history under one strategy, test then train: a block is answered before any of its labels is known. */
export async function playStrategy(
  project: ModelProject,
  stream: Stream,
  strategy: Strategy,
  directory: string,
  onBlock: (done: number) => void,
): Promise<PolicyReport> {
  const { schema, rows } = stream.history;
  const task = taskOf(schema);
  const store = createReplayStore(stream, task === 'multiclass' ? schema.classes.length : 1);
  const deps = await composeReplay({ ...project, policy: strategy.policy }, stream, store, directory);
  const clocked = clockTraining(deps);
  const life = createLife(clocked.deps, { model: project.name, directory }, strategy);
  const models = createModels(deps, project.name);
  const events: ReplayedEvent[] = [];
  const blocks: BlockReport[] = [];
  const note = (block: number): void =>
    void events.push(...life.decisions().map(({ kind, summary }) => ({ block, kind, summary })));

  await life.begin();
  note(0);
  for (const [index, block] of stream.blocks.entries()) {
    const { champion, shadow, share } = contendersOf(life);
    const table = sliceTable(rows.table, block);
    const outputs = await (await models.get(champion)).predict(table);
    const other =
      shadow === null ? null : { version: shadow, outputs: await (await models.get(shadow)).predict(table) };
    serveBlock(store, block, { version: champion, outputs }, other, share);
    const labels = rows.labels.subarray(block.from, block.to);
    blocks.push({ rows: labels.length, version: champion, quality: measure(task, labels, store.outputsOf(block)) });
    if (strategy.monitors) await life.look();
    note(index + 1);
    models.keep(Object.values(life.state().aliases));
    onBlock(index + 1);
  }
  return {
    policy: strategy.name,
    ...total(stream, task, store.outputs()),
    ...countOf(life),
    trainingSeconds: clocked.seconds(),
    blocks,
    events,
  };
}

/** Who answers and who scores in the shadow; while a canary is open, which share of the rows the shadow answers. */
function contendersOf(life: Life): { champion: string; shadow: string | null; share: number } {
  const { stage, aliases } = life.state();
  const { champion, previous, challenger } = aliases;
  const isOpen = stage.name === 'canary' && challenger !== null;
  const share = isOpen ? (stage.plan.canary?.share ?? 0) : 0;
  if (champion !== null) return { champion, shadow: isOpen ? challenger : previous, share };
  throw new Error(`there is no first champion: ${life.state().attention ?? 'its training gave no reason'}`);
}

function total({ history, firstRows }: Stream, task: Parameters<typeof measure>[0], outputs: Predictions) {
  const labels = history.rows.labels.subarray(firstRows);
  return { rows: labels.length, quality: measure(task, labels, outputs) };
}

function countOf(life: Life): Pick<PolicyReport, 'retrainings' | 'promotions' | 'rollbacks' | 'followed'> {
  const { trainings, promotions, rollbacks, followed } = life.state().totals;
  return { retrainings: trainings - 1, promotions: promotions - 1, rollbacks, followed };
}

/** Counts the seconds that training itself takes. */
function clockTraining(deps: Dependencies): { deps: Dependencies; seconds: () => number } {
  let seconds = 0;
  const { runtime } = deps;
  const train: typeof runtime.train = async (job, options) => {
    const trained = await runtime.train(job, options);
    seconds += trained.trainSeconds;
    return trained;
  };
  return { deps: { ...deps, runtime: { ...runtime, train } }, seconds: () => seconds };
}

/** Loaded versions; those that no alias names any more are let go. */
function createModels({ registry }: Dependencies, name: string) {
  const loaded = new Map<string, LoadedModel>();
  return {
    async get(version: string): Promise<LoadedModel> {
      const known = loaded.get(version);
      if (known !== undefined) return known;
      const model = await loadModel(await registry.fetchPackage(name, version));
      loaded.set(version, model);
      return model;
    },
    keep(versions: readonly (string | null)[]): void {
      for (const [version, model] of loaded) {
        if (versions.includes(version)) continue;
        model.dispose();
        loaded.delete(version);
      }
    },
  };
}
