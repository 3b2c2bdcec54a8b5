import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { applyCalibrator, type Calibrator } from '../../domain/calibration/calibrator.ts';
import { crossCalibrate, fitCalibrator } from '../../domain/calibration/fit.ts';
import { lossesOf } from '../../domain/calibration/loss.ts';
import type { ScoredRows } from '../../domain/calibration/scored-rows.ts';
import type { Task } from '../../domain/task.ts';
import { syncDirectory } from '../files/durable.ts';
import type { RecalibrationJob, Signature, TrainedCandidate } from '../ports/model-runtime.ts';
import { hashWeights } from './blend-file.ts';
import { checkRows } from './examples.ts';
import type { Golden } from './golden.ts';
import { loadModel } from './load-model.ts';
import { calibrationFile, completingFiles, readPackageFile, writePackageFile } from './model-package.ts';
import type { SnapshotRows } from './protocol.ts';
import { answerGolden } from './renew-golden.ts';
import { TrainingError } from './training-error.ts';

/** Files of a package that are this version's own; the rest, weights included, is kept as it is. */
const ownFiles = [calibrationFile, ...completingFiles];

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
  await writePackageFile(unfinished, 'signature.json', { ...known, snapshotId, lastKey, candidateId });
  await writePackageFile(unfinished, calibrationFile, calibrator);
  const { rows: golden } = await readPackageFile<Golden>(unfinished, 'golden.json');
  await answerGolden(unfinished, golden);
  const packageDirectory = join(job.workDirectory, 'package');
  await rm(packageDirectory, { recursive: true, force: true });
  await rename(unfinished, packageDirectory);
  await syncDirectory(job.workDirectory);
  return {
    candidateId,
    packageDirectory,
    parameters: known.parameters,
    epochs: 0,
    bestEpoch: 0,
    trainSeconds: (performance.now() - startedMs) / 1_000,
    beganAtMs: null,
    checkpoint: null,
    validationLoss: crossFittedLoss(known.task, scored, calibrator),
    weightsSha256: await hashWeights(packageDirectory),
  };
}

async function copyPackage(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true });
  for (const file of ownFiles) await rm(join(to, file), { recursive: true, force: true });
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

/** Mean loss on rows that the calibrator was not fitted on; where that can't be had, on those that it was. */
function crossFittedLoss(task: Task, scored: ScoredRows, calibrator: Calibrator): number {
  const held = crossCalibrate(scored, (others) => fitCalibrator(task, others));
  const losses = lossesOf(task, scored.labels, held ?? applyCalibrator(calibrator, scored.predictions));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
