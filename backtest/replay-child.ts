import { readLabelledRows } from '../adapters/data/read-labelled-rows.ts';
import { loadProject } from '../config/load-project.ts';
import { playStrategy } from './play.ts';
import type { Progress, ReplayMessage, ReplayRequest, ReplayResult } from './protocol.ts';
import { scoreServed } from './score-served.ts';
import { planStrategy } from './strategies.ts';
import { planStream, type BlockLength, type Stream } from './stream.ts';

// Nobody is left to report to.
process.once('disconnect', () => process.exit(1));
// A terminal sends Ctrl-C to every process in front of it; the parent ends this one when it has heard.
process.on('SIGINT', () => undefined);
process.once('message', (request: ReplayRequest) => {
  replay(request).then(
    (result) => send({ kind: 'done', result }),
    (error: unknown) => send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});

async function replay(request: ReplayRequest): Promise<ReplayResult> {
  const { block, firstRows, labelDelayRows, workDirectory } = request;
  const project = await loadProject(request.directory);
  const stream = planStream(await readLabelledRows(project), {
    ...(block === null ? {} : { block }),
    ...(firstRows === null ? {} : { firstRows }),
    ...(labelDelayRows === null ? {} : { labelDelayRows }),
  });
  const total = stream.blocks.length;
  const strategy = planStrategy(request.strategy, project.policy, rowsOfBlock(stream, block));
  const report = await playStrategy(project, stream, strategy, workDirectory, (done) =>
    tell({ unit: 'blocks', done, total }),
  );
  if (!request.scoresServed) return { report, losses: null };
  const replayed = { model: project.name, stream, blocks: report.blocks, workDirectory };
  const losses = await scoreServed(replayed, (done, models) => tell({ unit: 'models', done, total: models }));
  return { report, losses };
}

/** Days differ in their rows: the mean counts. Of rows only the last block may have fewer. */
function rowsOfBlock({ blocks }: Stream, block: BlockLength | null): number {
  const sizes = blocks.map(({ from, to }) => to - from);
  if (block !== null && 'days' in block) return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return block?.rows ?? sizes[0]!;
}

function tell(progress: Progress): void {
  process.send?.({ kind: 'progress', progress } satisfies ReplayMessage);
}

/** The process ends when its last word is on its way. */
function send(message: ReplayMessage): void {
  process.send?.(message, undefined, undefined, () => process.exit(0));
}
