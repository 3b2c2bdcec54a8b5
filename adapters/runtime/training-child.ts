import { pathToFileURL } from 'node:url';
import { loadModel } from './load-model.ts';
import type { ChildMessage, ChildRequest, ChildResult, OpenRows, RowsSource, SnapshotRows } from './protocol.ts';
import { recalibrate } from './recalibrate.ts';
import { separateFromSnapshot } from './separate-windows.ts';
import { trainCandidate } from './train-candidate.ts';
import { TrainingError } from './training-error.ts';

// Nobody is left to report to: the parent has died or lost interest.
process.once('disconnect', () => process.exit(1));
process.once('message', (request: ChildRequest) => {
  void answer(request).then(async (result) => {
    await send(result);
    process.exit(0);
  });
});

async function answer(request: ChildRequest): Promise<ChildResult> {
  try {
    const rows = await openSource(request.source);
    if (request.kind === 'score') {
      const { table } = await rows.readSnapshot(request.snapshot, request.range);
      const model = await loadModel(request.packageDirectory);
      return { kind: 'scored', predictions: await model.predict(table) };
    }
    if (request.kind === 'recalibrate') return { kind: 'trained', candidate: await recalibrate(request.job, rows) };
    if (request.kind === 'separate') {
      return { kind: 'separated', separation: await separateFromSnapshot(request.job, rows) };
    }
    const { job, resumeFrom } = request;
    const onEpoch = (report: Extract<ChildMessage, { kind: 'epoch' }>['report']) => send({ kind: 'epoch', report });
    return { kind: 'trained', candidate: await trainCandidate(job, rows, { resumeFrom, onEpoch }) };
  } catch (error) {
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', code: error instanceof TrainingError ? error.code : 'crashed', message };
  }
}

async function openSource({ rowsModule, storeDirectory }: RowsSource): Promise<SnapshotRows> {
  const { openRows } = (await import(pathToFileURL(rowsModule).href)) as { openRows: OpenRows };
  return await openRows(storeDirectory);
}

/** Resolves when the message is on its way: an exit before that would lose it. */
function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}
