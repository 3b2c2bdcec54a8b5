import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { deserialize } from 'node:v8';
import type { RowRange } from '../../domain/table.ts';
import type { TrainingJob } from '../ports/model-runtime.ts';
import { aboutPath, examplesDirectory, pathsOf } from './example-paths.ts';
import { inMemory, type ExampleSource } from './example-source.ts';
import { weighClasses, weighRows } from './examples.ts';
import { mapFloats, openFloats } from './open-file.ts';
import { prepareExamples } from './prepare-examples.ts';
import type { SnapshotRows } from './protocol.ts';
import { streamExamples } from './stream-examples.ts';
import type { SharedExamples } from './write-examples.ts';

export interface OpenedExamples {
  readonly about: SharedExamples;
  readonly train: ExampleSource;
  readonly validation: ExampleSource;
  /** Size of the buffer that they are streamed through; null where they are in memory. Another size is another order of the rows. */
  readonly streamedMb: number | null;
  /** Lets files and memory go. Nothing may use the examples afterwards. */
  release(): void;
}

const bytesPerMb = 2 ** 20;

/** Up to this size examples are held in memory by default: half of the machine's, or the container's, over as many as train at a time. */
export function defaultExamplesMb(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(64, Math.floor(bytes / bytesPerMb / 2 / availableParallelism()));
}

/**
 * A job's examples; written first where no candidate before it has. Up to `memoryMb` their files are mapped, which all candidates of a run
 * share. Larger ones are streamed through a buffer of half of that.
 */
export async function openExamples(job: TrainingJob, rows: SnapshotRows, memoryMb: number): Promise<OpenedExamples> {
  await prepareExamples(job, rows);
  const directory = examplesDirectory(job);
  const about = deserialize(await readFile(aboutPath(directory))) as SharedExamples;
  const rowBytes = Float32Array.BYTES_PER_ELEMENT * (about.inputWidth + about.targetWidth);
  const fits = (countOf(job.train) + countOf(job.validation)) * rowBytes <= memoryMb * bytesPerMb;
  const open = fits ? mapPart : streamPart;
  const part = { ...about, bufferBytes: (memoryMb * bytesPerMb) / 2 };
  const classWeights = weighClasses(about.classCounts, job.candidate.classWeights);
  const train = open({ ...part, ...pathsOf(directory, 'train'), rowCount: countOf(job.train), classWeights });
  const validation = open({
    ...part,
    ...pathsOf(directory, 'validation'),
    rowCount: countOf(job.validation),
    classWeights: null,
    bufferBytes: part.bufferBytes / 4,
  });
  const release = (): void => [train, validation].forEach((one) => one.release());
  return { about, train: train.source, validation: validation.source, streamedMb: fits ? null : memoryMb / 2, release };
}

function countOf({ from, to }: RowRange): number {
  return to - from;
}

interface Part {
  readonly rowCount: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  readonly inputs: string;
  readonly targets: string;
  readonly classWeights: Float64Array | null;
  readonly bufferBytes: number;
}

interface OpenedPart {
  readonly source: ExampleSource;
  release(): void;
}

function mapPart({ rowCount, inputWidth, targetWidth, inputs, targets, classWeights }: Part): OpenedPart {
  const mapped = { inputs: mapFloats(inputs), targets: mapFloats(targets) };
  const values = { inputs: mapped.inputs.values, targets: mapped.targets.values };
  const rowWeights = classWeights === null ? null : new Float32Array(rowCount);
  if (rowWeights !== null) weighRows(values.targets, targetWidth, classWeights!, rowWeights);
  return {
    source: inMemory({ rowCount, inputWidth, targetWidth, rowWeights, ...values }),
    release: () => Object.values(mapped).forEach((one) => one.release()),
  };
}

function streamPart({ inputs, targets, bufferBytes, ...part }: Part): OpenedPart {
  const files = { inputs: openFloats(inputs), targets: openFloats(targets) };
  return {
    source: streamExamples({ ...part, ...files }, bufferBytes),
    release: () => Object.values(files).forEach((file) => file.close()),
  };
}
