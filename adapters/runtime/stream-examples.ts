import type { Rng } from '../../domain/math/rng.ts';
import type { RowRange } from '../../domain/table.ts';
import { shuffledRows, type ExampleSource, type Portion } from './example-source.ts';
import { weighRows, type Examples } from './examples.ts';
import type { FloatFile } from './open-file.ts';

/** Examples that lie in files, row after row. */
export interface StoredExamples {
  readonly rowCount: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  readonly inputs: FloatFile;
  readonly targets: FloatFile;
  /** Weights by class, or null. */
  readonly classWeights: Float64Array | null;
}

/** A block is read in one go, but is small enough that a buffer holds many from all over the file. */
const blockBytes = 2 ** 20;
const blocksInBuffer = 64;
/** Rows that a network answers in one call: a multiple of them has the bits of all rows at once. */
const answeredRows = 4_096;

/**
 * Examples that need not fit into memory. A pass reads blocks of neighbouring rows in random order into a buffer, as many as it holds, and takes
 * the buffer's rows in random order: CorgiPile (Xu et al., SIGMOD 2022). That is another order than a shuffle of all rows, but each row comes
 * once a pass and, over the passes, at any place as likely as at any other.
 *
 * @param bufferBytes of rows in memory
 */
export function streamExamples(stored: StoredExamples, bufferBytes: number): ExampleSource {
  const { rowCount, inputWidth, targetWidth } = stored;
  const rowBytes = Float32Array.BYTES_PER_ELEMENT * (inputWidth + targetWidth + 1);
  const bufferRows = Math.max(1, Math.floor(bufferBytes / rowBytes));
  const buffer = createBuffer(stored);
  return {
    rowCount,
    *shuffled(rng: Rng, batchSize: number): Iterable<Portion> {
      const wanted = Math.min(blockBytes / rowBytes, bufferRows / blocksInBuffer);
      // Of whole batches, so that no more than one of a pass is short.
      const blockRows = batchSize * Math.max(1, Math.round(wanted / batchSize));
      const blocks = shuffledRows(Math.ceil(rowCount / blockRows), rng);
      const perBuffer = Math.max(1, Math.floor(bufferRows / blockRows));
      for (let first = 0; first < blocks.length; first += perBuffer) {
        const ranges = Array.from(blocks.subarray(first, first + perBuffer), (block) => ({
          from: block * blockRows,
          to: Math.min(rowCount, (block + 1) * blockRows),
        }));
        const examples = buffer.fill(ranges, perBuffer * blockRows);
        yield { examples, order: shuffledRows(examples.rowCount, rng) };
      }
    },
    *inOrder(): Iterable<Examples> {
      const rows = answeredRows * Math.max(1, Math.floor(bufferRows / answeredRows));
      for (let from = 0; from < rowCount; from += rows) {
        yield buffer.fill([{ from, to: Math.min(rowCount, from + rows) }], Math.min(rows, rowCount));
      }
    },
  };
}

/** Memory that is made once, when the first rows are asked for, and filled again and again. */
function createBuffer({ inputWidth, targetWidth, inputs, targets, classWeights }: StoredExamples) {
  const arrays = { inputs: new Float32Array(0), targets: new Float32Array(0), weights: new Float32Array(0) };
  const grow = (rows: number): void => {
    if (arrays.targets.length >= rows * targetWidth) return;
    arrays.inputs = new Float32Array(rows * inputWidth);
    arrays.targets = new Float32Array(rows * targetWidth);
    arrays.weights = new Float32Array(classWeights === null ? 0 : rows);
  };
  return {
    fill(ranges: readonly RowRange[], mostRows: number): Examples {
      grow(mostRows);
      let rowCount = 0;
      for (const { from, to } of ranges) {
        const next = rowCount + to - from;
        inputs.read(arrays.inputs.subarray(rowCount * inputWidth, next * inputWidth), from * inputWidth);
        targets.read(arrays.targets.subarray(rowCount * targetWidth, next * targetWidth), from * targetWidth);
        rowCount = next;
      }
      const filled = {
        inputs: arrays.inputs.subarray(0, rowCount * inputWidth),
        targets: arrays.targets.subarray(0, rowCount * targetWidth),
      };
      const rowWeights = classWeights === null ? null : arrays.weights.subarray(0, rowCount);
      if (rowWeights !== null) weighRows(filled.targets, targetWidth, classWeights!, rowWeights);
      return { rowCount, inputWidth, targetWidth, rowWeights, ...filled };
    },
  };
}
