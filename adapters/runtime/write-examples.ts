import { open, writeFile } from 'node:fs/promises';
import { serialize } from 'node:v8';
import { fitPreprocessing } from '../../domain/preprocessing/fit.ts';
import { fitLabelScale } from '../../domain/preprocessing/label-scale.ts';
import { widthOfStep } from '../../domain/preprocessing/preprocessing.ts';
import { concatTables, pickRows } from '../../domain/snapshot/tables.ts';
import type { Feature, RowRange, Table } from '../../domain/table.ts';
import type { TrainingJob } from '../ports/model-runtime.ts';
import type { LabelledColumns } from '../ports/store.ts';
import { aboutPath, pathsOf, type PartName } from './example-paths.ts';
import { checkRows, countClasses, outputWidthOf, toExamples, type Examples } from './examples.ts';
import { goldenIndices, pickGoldenRows, type Golden } from './golden.ts';
import type { PackagedPreprocessing } from './model-package.ts';
import type { SnapshotRows } from './protocol.ts';

/** What a run's candidates share, beside the examples themselves. */
export interface SharedExamples {
  readonly preprocessing: PackagedPreprocessing;
  readonly inputWidth: number;
  readonly targetWidth: number;
  /** Of the training part, by class. */
  readonly classCounts: readonly number[];
  readonly goldenRows: Golden['rows'];
}

/** Writes both parts, preprocessed, from pieces of bounded size: columns to learn the preprocessing from, then rows to apply it to. */
export async function writeExamples(
  job: TrainingJob,
  rows: SnapshotRows,
  directory: string,
  pieceBytes: number,
): Promise<void> {
  const { train, validation } = job;
  const { schema } = job.snapshot;
  const { preprocessing, labels, whole } = await learn(job, rows, pieceBytes);
  const { features, label } = preprocessing;
  const read = (range: RowRange) =>
    readBlocks(job, rows, range, rowsOf(pieceBytes, schema.features.length, features.width));
  const prepare = (part: LabelledColumns) => toExamples(part, features, label, schema);
  const trained = whole === null ? read(train) : [{ from: train.from, part: whole }];
  await writePart(directory, 'train', trained, ({ part }) => prepare(part));
  const golden: Table[] = [];
  await writePart(directory, 'validation', read(validation), ({ from, part }) => {
    checkRows('validation', { from, to: from + part.table.rowCount }, part, schema);
    golden.push(...pickGolden(part.table, from - validation.from, validation.to - validation.from));
    return prepare(part);
  });
  const about: SharedExamples = {
    preprocessing,
    inputWidth: features.width,
    targetWidth: outputWidthOf(schema.classes),
    classCounts: countClasses(labels, schema),
    goldenRows: pickGoldenRows(schema, concatTables(schema, golden)),
  };
  await writeFile(aboutPath(directory), serialize(about));
}

/** How many rows of so many columns and inputs a piece has. */
function rowsOf(pieceBytes: number, columns: number, inputs: number): number {
  const rowBytes = Float64Array.BYTES_PER_ELEMENT * (columns + 1) + Float32Array.BYTES_PER_ELEMENT * inputs;
  return Math.max(1, Math.floor(pieceBytes / rowBytes));
}

/** Those golden rows that lie in a block which begins at `first` of all. */
function pickGolden(table: Table, first: number, allRows: number): Table[] {
  const here = goldenIndices(allRows)
    .map((index) => index - first)
    .filter((index) => index >= 0 && index < table.rowCount);
  return here.length > 0 ? [pickRows(table, here)] : [];
}

interface Learned {
  readonly preprocessing: PackagedPreprocessing;
  /** Of the training part. */
  readonly labels: Float64Array;
  /** The training part, where it is small enough to be kept. */
  readonly whole: LabelledColumns | null;
}

async function learn({ task, snapshot, train }: TrainingJob, rows: SnapshotRows, pieceBytes: number): Promise<Learned> {
  const { schema } = snapshot;
  const groups = groupFeatures(schema.features, train.to - train.from, pieceBytes);
  const steps = [];
  let first: LabelledColumns | null = null;
  for (const features of groups) {
    const part = await rows.readSnapshotColumns(snapshot, features, train);
    if (first === null) checkRows('training', train, part, schema);
    first ??= part;
    const all = { from: 0, to: part.table.rowCount };
    steps.push(...fitPreprocessing(part.table, { ...schema, features }, all).steps);
  }
  const { labels } = first!;
  const width = steps.reduce((sum, step) => sum + widthOfStep(step), 0);
  const preprocessing = { features: { width, steps }, label: fitLabelScale(task, labels) };
  return { preprocessing, labels, whole: groups.length === 1 ? first : null };
}

/** As many columns at a time as are small enough together; one group at least, without features too. */
function groupFeatures(
  features: readonly Feature[],
  rowCount: number,
  pieceBytes: number,
): readonly (readonly Feature[])[] {
  const size = Math.max(1, Math.floor(pieceBytes / (Float64Array.BYTES_PER_ELEMENT * Math.max(1, rowCount))));
  const count = Math.max(1, Math.ceil(features.length / size));
  return Array.from({ length: count }, (_, group) => features.slice(group * size, (group + 1) * size));
}

interface Block {
  /** Index of its first row in the snapshot. */
  readonly from: number;
  readonly part: LabelledColumns;
}

/** A range in pieces of `size` rows; a piece at least, of no rows where there are none. */
async function* readBlocks(
  { snapshot }: TrainingJob,
  rows: SnapshotRows,
  range: RowRange,
  size: number,
): AsyncIterable<Block> {
  let { from } = range;
  do {
    const to = Math.min(range.to, from + size);
    yield { from, part: await rows.readSnapshotColumns(snapshot, snapshot.schema.features, { from, to }) };
    from = to;
  } while (from < range.to);
}

async function writePart(
  directory: string,
  part: PartName,
  blocks: AsyncIterable<Block> | Iterable<Block>,
  prepare: (block: Block) => Examples,
): Promise<void> {
  const paths = pathsOf(directory, part);
  const files = [await open(paths.inputs, 'wx'), await open(paths.targets, 'wx')];
  try {
    for await (const block of blocks) {
      const { inputs, targets } = prepare(block);
      await files[0]!.writeFile(bytesOf(inputs));
      await files[1]!.writeFile(bytesOf(targets));
    }
  } finally {
    for (const file of files) await file.close();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
