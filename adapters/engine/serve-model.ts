import { sliceTable } from '../../domain/snapshot/tables.ts';
import type { Table } from '../../domain/table.ts';
import type { Predictions } from '../../domain/task.ts';
import { tableFromFeatureRows, type FeatureRow } from '../data/feature-rows.ts';
import type { LoadedModel, LoadModel } from '../ports/model-runtime.ts';
import { readGolden, replayGolden } from '../runtime/golden.ts';
import { compileModel, type CompiledModel } from './compile-model.ts';
import { probeRows } from './probe-rows.ts';
import { readDensePackage, type DensePackage } from './read-package.ts';
import { NotCompilable } from './read-stack.ts';

/** What answers for a version, as operators see it. */
export type EngineReport =
  | { readonly kind: 'compiled'; readonly maxDifference: number; readonly rowsCompared: number }
  | { readonly kind: 'tensorflow'; readonly reason: string };

/** A model that answers rows as they come over the wire. */
export interface ServedModel extends LoadedModel {
  readonly engine: EngineReport;
  /** Null where TensorFlow answers. */
  readonly compiled: CompiledModel | null;
  /** Outputs of rows that have no problem. */
  predictRows(rows: readonly FeatureRow[]): Predictions | Promise<Predictions>;
}

/** Compiled code may differ from TensorFlow so far; for a regression in standard deviations of its label. */
const tolerance = 1e-5;
const probedRows = 512;
const probeSeed = 1;

/**
 * Loads a package and compiles its networks. Compiled code answers only if it says what TensorFlow says to golden rows and to generated
 * ones; otherwise TensorFlow goes on answering, and the report tells why.
 */
export async function loadServedModel(loadModel: LoadModel, packageDirectory: string): Promise<ServedModel> {
  const model = await loadModel(packageDirectory);
  try {
    return await compileAndCompare(model, packageDirectory);
  } catch (error) {
    // Operators see the reason over HTTP: nothing of the machine's inside is told there.
    return byTensorflow(model, error instanceof NotCompilable ? error.message : 'its files can not be compiled');
  }
}

function byTensorflow(model: LoadedModel, reason: string): ServedModel {
  const { schema } = model.signature;
  return {
    ...model,
    engine: { kind: 'tensorflow', reason },
    compiled: null,
    predictRows: (rows) => model.predict(tableFromFeatureRows(schema, rows)),
  };
}

async function compileAndCompare(model: LoadedModel, packageDirectory: string): Promise<ServedModel> {
  const dense = await readDensePackage(packageDirectory);
  const compiled = compileModel(dense);
  const golden = await readGolden(packageDirectory);
  const { schema } = dense.signature;
  const goldenTable = tableFromFeatureRows(schema, golden.rows);
  const probes = probeRows(schema, dense.members, probedRows, probeSeed);
  const unit = unitOf(dense);
  let maxDifference = 0;
  for (const table of [goldenTable, probes, sliceTable(probes, { from: 0, to: 1 })]) {
    const difference = largestDifference(await model.predict(table), predictTable(compiled, table)) / unit;
    maxDifference = Math.max(maxDifference, difference);
    if (!(difference <= tolerance)) {
      throw new NotCompilable(`compiled code differs from TensorFlow by ${difference}, ${tolerance} is allowed`);
    }
  }
  // TensorFlow has said all that it was needed for.
  model.dispose();
  return {
    signature: model.signature,
    engine: { kind: 'compiled', maxDifference, rowsCompared: probes.rowCount + goldenTable.rowCount },
    compiled,
    predict: async (rows) => predictTable(compiled, rows),
    predictRows: (rows) => predictRows(compiled, rows),
    verifyGolden: async () => replayGolden(golden, predictTable(compiled, goldenTable), unit),
    dispose: () => undefined,
  };
}

function unitOf({ members }: DensePackage): number {
  return members[0]!.label?.sd ?? 1;
}

function predictRows(compiled: CompiledModel, rows: readonly FeatureRow[]): Predictions {
  return inRuns(compiled, rows.length, (from, to) => compiled.buffer.fillRows(rows, from, to));
}

function predictTable(compiled: CompiledModel, table: Table): Predictions {
  return inRuns(compiled, table.rowCount, (from, to) => compiled.buffer.fillTable(table, from, to));
}

function inRuns(
  { buffer, width, run }: CompiledModel,
  rowCount: number,
  fill: (from: number, to: number) => void,
): Predictions {
  const values = new Float64Array(rowCount * width);
  for (let from = 0; from < rowCount; from += buffer.capacity) {
    const to = Math.min(rowCount, from + buffer.capacity);
    fill(from, to);
    values.set(run(to - from).subarray(0, (to - from) * width), from * width);
  }
  return { width, values };
}

/** Infinite where one says a number and the other none. */
function largestDifference(expected: Predictions, found: Predictions): number {
  if (expected.values.length !== found.values.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let at = 0; at < expected.values.length; at += 1) {
    const difference = Math.abs(expected.values[at]! - found.values[at]!);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
  }
  return largest;
}
