import { join } from 'node:path';
import { openEmbeddedRegistry } from '../adapters/registry/embedded.ts';
import { loadModel } from '../adapters/runtime/load-model.ts';
import type { LoadedModel } from '../adapters/ports/model-runtime.ts';
import { followOfTag } from '../domain/following/proposal.ts';
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
  const models: ScoredModel[] = [];
  let served = 0;
  for (const [done, version] of versions.entries()) {
    const firstBlock = blocks.findIndex((block) => block.version === version);
    const loaded = await loadModel(await registry.fetchPackage(model, version));
    const isFollowed = (await registry.getVersion(model, version)).tags[followOfTag] !== undefined;
    const losses: number[] = [];
    for (const [at, block] of stream.blocks.slice(firstBlock).entries()) {
      const serves = blocks[firstBlock + at]?.version === version;
      // Shares that followed the labels of their time are no model that a schedule could have trained.
      if (isFollowed && !serves) continue;
      const loss = (await lossOn(loaded, stream, block, task)) / unit;
      losses.push(loss);
      if (serves) served += loss;
    }
    loaded.dispose();
    if (!isFollowed) models.push({ firstBlock, losses });
    onModel(done + 1, versions.length);
  }
  return { models, served, unit };
}

async function lossOn(model: LoadedModel, { history }: Stream, block: RowRange, task: Task): Promise<number> {
  const { table, labels } = history.rows;
  const outputs = await model.predict(sliceTable(table, block));
  const losses = primaryLosses(task, labels.subarray(block.from, block.to), outputs);
  return losses.reduce((sum, loss) => sum + loss, 0);
}
