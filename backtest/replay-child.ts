import { readLabelledRows } from '../adapters/data/read-labelled-rows.ts';
import { loadProject } from '../config/load-project.ts';
import { playStrategy, type PolicyReport } from './play.ts';
import type { ReplayMessage, ReplayRequest } from './protocol.ts';
import { planStrategy } from './strategies.ts';
import { planStream } from './stream.ts';

// Nobody is left to report to.
process.once('disconnect', () => process.exit(1));
process.once('message', (request: ReplayRequest) => {
  replay(request).then(
    (report) => send({ kind: 'done', report }),
    (error: unknown) => send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});

async function replay(request: ReplayRequest): Promise<PolicyReport> {
  const { block, firstRows, labelDelayRows } = request;
  const project = await loadProject(request.directory);
  const stream = planStream(await readLabelledRows(project), {
    block,
    ...(firstRows === null ? {} : { firstRows }),
    ...(labelDelayRows === null ? {} : { labelDelayRows }),
  });
  const total = stream.blocks.length;
  const meanRows = stream.blocks.reduce((sum, { from, to }) => sum + to - from, 0) / total;
  const strategy = planStrategy(request.strategy, project.policy, 'rows' in block ? block.rows : meanRows);
  return await playStrategy(project, stream, strategy, request.workDirectory, (done) =>
    process.send?.({ kind: 'progress', done, total } satisfies ReplayMessage),
  );
}

/** The process ends when its last word is on its way. */
function send(message: ReplayMessage): void {
  process.send?.(message, undefined, undefined, () => process.exit(0));
}
