import { pathToFileURL } from 'node:url';
import { blend } from './blend.ts';
import { followPackage } from './follow-package.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { measureCosts } from './measure-costs.ts';
import { measureImportancesOf } from './measure-importances.ts';
import { loadNativeKernels } from './native-kernels.ts';
import { prepareExamples } from './prepare-examples.ts';
import type { ChildMessage, ChildRequest, ChildResult, OpenRows, RowsSource, SnapshotRows } from './protocol.ts';
import { recalibrate } from './recalibrate.ts';
import { scoreSnapshot, scoreTables } from './score-snapshot.ts';
import { separateFromSnapshot } from './separate-windows.ts';
import { trainCandidate } from './train-candidate.ts';
import { TrainingError } from './training-error.ts';

const unseededRandom = Math.random;
const bytesPerMb = 2 ** 20;

// Nobody is left to report to: the parent has died or lost interest.
process.once('disconnect', () => process.exit(1));
process.on('message', (request: ChildRequest) => void work(request));

async function work(request: ChildRequest): Promise<void> {
  const result = await answer(request);
  await send(result);
  if (result.kind === 'failed') process.exit(0);
  Math.random = unseededRandom;
  const residentMb = process.memoryUsage.rss() / bytesPerMb;
  await send({ kind: 'free', state: { tensors: loadTensorflow().memory().numTensors, residentMb } });
}

async function answer(request: ChildRequest): Promise<ChildResult> {
  try {
    return await workOn(request, await openSource(request.source));
  } catch (error) {
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', code: error instanceof TrainingError ? error.code : 'crashed', message };
  }
}

async function workOn(request: ChildRequest, rows: SnapshotRows): Promise<ChildResult> {
  switch (request.kind) {
    case 'warm':
      loadTensorflow();
      loadNativeKernels();
      return { kind: 'warmed' };
    case 'train': {
      const { job, resumeFrom, memoryMb } = request;
      const onEpoch = (report: Extract<ChildMessage, { kind: 'epoch' }>['report']) => send({ kind: 'epoch', report });
      const onPrepared = () => send({ kind: 'prepared' });
      const options = { resumeFrom, memoryMb, onPrepared, onEpoch };
      return { kind: 'trained', candidate: await trainCandidate(job, rows, options) };
    }
    case 'prepare':
      await prepareExamples(request.job, rows);
      return { kind: 'shared' };
    case 'recalibrate':
      return { kind: 'trained', candidate: await recalibrate(request.job, rows) };
    case 'follow':
      return { kind: 'followed', packageDirectory: await followPackage(request.job) };
    case 'blend':
      return { kind: 'blended', candidate: await blend(request.job, rows) };
    case 'score': {
      const { packageDirectory, snapshot, range } = request;
      return { kind: 'scored', predictions: await scoreSnapshot(packageDirectory, rows, snapshot, range) };
    }
    case 'score-table':
      return { kind: 'table-scored', predictions: await scoreTables(request.packageDirectories, request.table) };
    case 'measure-costs': {
      const { packageDirectories, snapshot, range } = request.job;
      const { table } = await rows.readSnapshotColumns(snapshot, snapshot.schema.features, range);
      return { kind: 'measured', costs: await measureCosts(packageDirectories, table) };
    }
    case 'measure-importances':
      return { kind: 'importances', importances: await measureImportancesOf(request.job, rows) };
    case 'separate':
      return { kind: 'separated', separation: await separateFromSnapshot(request.job, rows) };
  }
}

const opened = new Map<string, Promise<SnapshotRows>>();

/** Opened once: a snapshot never changes, and a child is asked for one store's. */
function openSource({ rowsModule, storeDirectory }: RowsSource): Promise<SnapshotRows> {
  const key = `${rowsModule}\n${storeDirectory}`;
  const rows =
    opened.get(key) ??
    import(pathToFileURL(rowsModule).href).then((module) =>
      (module as { openRows: OpenRows }).openRows(storeDirectory),
    );
  opened.set(key, rows);
  return rows;
}

/** Resolves when the message is on its way: an exit before that would lose it. */
function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}
