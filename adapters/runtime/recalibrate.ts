import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { applyCalibrator, type Calibrator } from '../../domain/calibration/calibrator.ts';
import { crossCalibrate, fitCalibrator } from '../../domain/calibration/fit.ts';
import { lossesOf } from '../../domain/calibration/loss.ts';
import type { ScoredRows } from '../../domain/calibration/scored-rows.ts';
import type { Task } from '../../domain/task.ts';
import { tableFromFeatureRows } from '../data/feature-rows.ts';
import { syncDirectory, writeDurably } from '../files/durable.ts';
import type { RecalibrationJob, Signature, TrainedCandidate } from '../ports/model-runtime.ts';
import { checkRows } from './examples.ts';
import { toOutputRows, type Golden } from './golden.ts';
import { loadModel } from './load-model.ts';
import { calibrationFile, readPackageFile } from './model-package.ts';
import type { SnapshotRows } from './protocol.ts';
import { TrainingError } from './training-error.ts';

/** Files of a package that are this version's own; the rest, weights included, is kept as it is. */
const ownFiles = [calibrationFile, 'reference.json', 'contract.json', 'scores.json'];

/** Makes a model package of the same weights and a new calibrator, fitted to rows of a snapshot on what the network itself says. */
export async function recalibrate(job: RecalibrationJob, rows: SnapshotRows): Promise<TrainedCandidate> {
  const startedMs = performance.now();
  const unfinished = join(job.workDirectory, 'package.unfinished');
  await copyPackage(job.packageDirectory, unfinished);
  const known = await readPackageFile<Signature>(unfinished, 'signature.json');
  const scored = await scoreRows(unfinished, job, rows);
  const calibrator = fitOrRefuse(known.task, scored);
  const candidateId = `${job.candidateId}/${calibrator.kind}`;
  const { id: snapshotId, lastKey } = job.snapshot;
  await writeJson(unfinished, 'signature.json', { ...known, snapshotId, lastKey, candidateId });
  await writeJson(unfinished, calibrationFile, calibrator);
  await renewGolden(unfinished);
  const packageDirectory = join(job.workDirectory, 'package');
  await rm(packageDirectory, { recursive: true, force: true });
  await rename(unfinished, packageDirectory);
  await syncDirectory(job.workDirectory);
  return {
    candidateId,
    packageDirectory,
    parameters: known.parameters,
    epochs: 0,
    trainSeconds: (performance.now() - startedMs) / 1_000,
    validationLoss: crossFittedLoss(known.task, scored, calibrator),
    weightsSha256: await hashFile(join(packageDirectory, 'weights.bin')),
  };
}

async function copyPackage(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true });
  for (const file of ownFiles) await rm(join(to, file), { force: true });
}

/** What the network says without any calibrator. */
async function scoreRows(
  packageDirectory: string,
  { snapshot, range }: RecalibrationJob,
  rows: SnapshotRows,
): Promise<ScoredRows> {
  const part = await rows.readSnapshot(snapshot, range);
  checkRows('recalibration', range, part, snapshot.schema);
  const model = await loadModel(packageDirectory);
  try {
    return { labels: part.labels, predictions: await model.predict(part.table) };
  } finally {
    model.dispose();
  }
}

function fitOrRefuse(task: Task, scored: ScoredRows): Calibrator {
  const calibrator = fitCalibrator(task, scored);
  if (calibrator !== null) return calibrator;
  const why = `${scored.labels.length} rows are too few, or the outputs are in the wrong order: train anew`;
  throw new TrainingError('build-failed', `No calibrator can be fitted to the newest rows: ${why}`);
}

/** The same rows, and what the version says to them now. */
async function renewGolden(packageDirectory: string): Promise<void> {
  const { rows } = await readPackageFile<Golden>(packageDirectory, 'golden.json');
  const model = await loadModel(packageDirectory);
  try {
    const outputs = await model.predict(tableFromFeatureRows(model.signature.schema, rows));
    await writeJson(packageDirectory, 'golden.json', { rows, outputs: toOutputRows(outputs) } satisfies Golden);
  } finally {
    model.dispose();
  }
}

/** Mean loss on rows that the calibrator was not fitted on; where that can't be had, on those that it was. */
function crossFittedLoss(task: Task, scored: ScoredRows, calibrator: Calibrator): number {
  const held = crossCalibrate(scored, (others) => fitCalibrator(task, others));
  const losses = lossesOf(task, scored.labels, held ?? applyCalibrator(calibrator, scored.predictions));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

async function writeJson(packageDirectory: string, file: string, content: unknown): Promise<void> {
  await writeDurably(join(packageDirectory, file), `${JSON.stringify(content)}\n`);
}

async function hashFile(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
