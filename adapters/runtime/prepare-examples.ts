import { mkdir, rename, rm } from 'node:fs/promises';
import { temporaryName } from '../files/durable.ts';
import type { TrainingJob } from '../ports/model-runtime.ts';
import { examplesDirectory, examplesOf, isPrepared } from './example-paths.ts';
import type { SnapshotRows } from './protocol.ts';
import { writeExamples } from './write-examples.ts';

/** Of rows that are in memory at a time while examples are written. */
const defaultPieceBytes = 64 * 2 ** 20;

/**
 * Writes a job's examples for all candidates of the same parts to map or stream. The folder gets its name when it is complete.
 *
 * @param pieceBytes of rows that are in memory at a time
 */
export async function prepareExamples(
  job: TrainingJob,
  rows: SnapshotRows,
  pieceBytes = defaultPieceBytes,
): Promise<void> {
  if (isPrepared(job)) return;
  const directory = examplesDirectory(job);
  const unfinished = temporaryName(directory);
  await mkdir(unfinished, { recursive: true });
  try {
    await writeExamples(job, rows, unfinished, pieceBytes);
    await rename(unfinished, directory).catch((error: unknown) => {
      // Another process was faster: its files are the same.
      if (!isPrepared(job)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Checkpoints and packages in the making, of a decision that has been taken. */
export async function removeWork(decisionDirectory: string): Promise<void> {
  await rm(decisionDirectory, { recursive: true, force: true });
}

/** Removes the examples of a run. Whoever still reads them is not disturbed. */
export async function removeExamples(sharedDirectory: string): Promise<void> {
  await rm(examplesOf(sharedDirectory), { recursive: true, force: true });
}
