import { join } from 'node:path';
import { openEmbeddedRegistry } from '../adapters/registry/embedded.ts';
import { loadModel } from '../adapters/runtime/load-model.ts';
import type { LoadedModel } from '../adapters/ports/model-runtime.ts';
import { primaryLosses, varianceOf } from '../domain/gate/losses.ts';
import { sliceTable } from '../domain/snapshot/tables.ts';
import type { RowRange } from '../domain/table.ts';
import { taskOf, type Task } from '../domain/task.ts';
import type { ScoredModel } from './best-schedule.ts';
import type { BlockReport } from './play.ts';
import type { Stream } from './stream.ts';

/** What the versions of a replay lose, on every block from the first that each answered; and what the replay itself lost. */
export interface ServedLosses {
  readonly models: readonly ScoredModel[];
  readonly served: number;
  /** Squared error that counts as one: the labels' variance. 1 for classes, where a wrong answer counts as one. */
  readonly unit: number;
}

interface Replayed {
  readonly model: string;
  readonly stream: Stream;
  readonly blocks: readonly BlockReport[];
  readonly workDirectory: string;
}

/** Scores every version that served on all later blocks. `onModel` hears how many are done. */
export async function scoreServed(
  { model, stream, blocks, workDirectory }: Replayed,
  onModel: (done: number, total: number) => void,
): Promise<ServedLosses> {
  const registry = await openEmbeddedRegistry({ directory: join(workDirectory, 'registry') });
  const task = taskOf(stream.history.schema);
  const unit = task === 'regression' ? varianceOf(stream.history.rows.labels.subarray(stream.firstRows)) : 1;
  const versions = [...new Set(blocks.map(({ version }) => version))];
  const models = new Map<string, ScoredModel>();
  for (const version of versions) {
    const firstBlock = blocks.findIndex((block) => block.version === version);
    const loaded = await loadModel(await registry.fetchPackage(model, version));
    const losses = [];
    for (const block of stream.blocks.slice(firstBlock))
      losses.push((await lossOn(loaded, stream, block, task)) / unit);
    loaded.dispose();
    models.set(version, { firstBlock, losses });
    onModel(models.size, versions.length);
  }
  const served = blocks.reduce((sum, { version }, block) => {
    const { firstBlock, losses } = models.get(version)!;
    return sum + losses[block - firstBlock]!;
  }, 0);
  return { models: [...models.values()], served, unit };
}

async function lossOn(model: LoadedModel, { history }: Stream, block: RowRange, task: Task): Promise<number> {
  const { table, labels } = history.rows;
  const outputs = await model.predict(sliceTable(table, block));
  const losses = primaryLosses(task, labels.subarray(block.from, block.to), outputs);
  return losses.reduce((sum, loss) => sum + loss, 0);
}
