import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createRng } from '../../../domain/math/rng.ts';
import { fitPreprocessing } from '../../../domain/preprocessing/fit.ts';
import type { Calibrator } from '../../../domain/calibration/calibrator.ts';
import type { Column, DataSchema, FeatureType } from '../../../domain/table.ts';
import type { Blend } from '../../../adapters/ports/model-packages.ts';
import { blendFile } from '../../../adapters/runtime/blend-file.ts';
import { outputWidthOf } from '../../../adapters/runtime/examples.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { calibrationFile, writePackage, writePackageFile } from '../../../adapters/runtime/model-package.ts';
import { answerGolden } from '../../../adapters/runtime/renew-golden.ts';
import type { FeatureRow } from '../../../adapters/data/feature-rows.ts';

const tf = loadTensorflow();

export interface MemberShape {
  readonly hidden: readonly {
    readonly units: number;
    readonly activation: 'relu' | 'tanh' | 'elu' | 'sigmoid' | 'linear';
  }[];
  readonly hasDropout: boolean;
  readonly isCalibrated: boolean;
  /** Members of equal seed have equal preprocessing. */
  readonly dataSeed: number;
}

export interface PackageShape {
  readonly types: readonly FeatureType[];
  readonly classes: number;
  readonly members: readonly MemberShape[];
  readonly isCalibrated: boolean;
  readonly seed: number;
}

const memberShapes: fc.Arbitrary<MemberShape> = fc.record({
  hidden: fc.array(
    fc.record({
      units: fc.integer({ min: 1, max: 40 }),
      activation: fc.constantFrom('relu', 'relu', 'tanh', 'elu', 'sigmoid', 'linear'),
    }),
    { maxLength: 3 },
  ),
  hasDropout: fc.boolean(),
  isCalibrated: fc.boolean(),
  dataSeed: fc.integer({ min: 1, max: 2 }),
});

/** Any schema, any stack, up to eight networks. */
export const packageShapes: fc.Arbitrary<PackageShape> = fc.record({
  types: fc.array(fc.constantFrom<FeatureType>('numeric', 'categorical', 'boolean', 'timestamp'), {
    minLength: 1,
    maxLength: 8,
  }),
  classes: fc.constantFrom(0, 2, 3, 5),
  members: fc.array(memberShapes, { minLength: 1, maxLength: 8 }),
  isCalibrated: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

/** Names that would break code that is put together carelessly. */
const nameOf = (index: number): string =>
  [`f${index}`, `a "b" ${index}`, `x'];${index}`, `__proto__${index}`][index % 4]!;

export function schemaOf({ types, classes }: PackageShape): DataSchema {
  return {
    features: types.map((type, index) => ({ name: nameOf(index), type })),
    label: 'label',
    classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
  };
}

/** A package of untrained networks with random weights, whose preprocessing is fitted to random columns. */
export async function writeRandomPackage(shape: PackageShape): Promise<{ directory: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'incumbent-engine-'));
  const directory = join(root, 'package');
  const schema = schemaOf(shape);
  if (shape.members.length === 1) await writeMember(directory, shape, schema, shape.members[0]!, 0);
  else {
    await mkdir(directory);
    const weight = 1 / shape.members.length;
    const members = shape.members.map((_, index) => ({
      directory: `members/${index}`,
      weight,
      candidateId: String(index),
      snapshotId: 's',
      parameters: 1,
      weightsSha256: '',
    }));
    for (const [index, member] of shape.members.entries()) {
      await writeMember(join(directory, `members/${index}`), shape, schema, member, index);
    }
    await writePackageFile(directory, blendFile, { members } satisfies Blend);
    await writePackageFile(directory, 'signature.json', signatureOf(schema));
    if (shape.isCalibrated) await writePackageFile(directory, calibrationFile, calibratorFor(shape.classes));
  }
  const missing = Object.fromEntries(schema.features.map(({ name }) => [name, null])) as FeatureRow;
  await answerGolden(directory, [missing]);
  return { directory, remove: () => rm(root, { recursive: true, force: true }) };
}

async function writeMember(
  directory: string,
  shape: PackageShape,
  schema: DataSchema,
  member: MemberShape,
  index: number,
): Promise<void> {
  const preprocessing = fitTo(schema, member.dataSeed);
  const model = buildNetwork(preprocessing.width, outputWidthOf(schema.classes), schema, member, shape.seed + index);
  await writePackage(tf, directory, model, {
    signature: signatureOf(schema),
    preprocessing: { features: preprocessing, label: schema.classes.length === 0 ? { mean: 5_000, sd: 700 } : null },
    golden: { rows: [], outputs: [] },
    training: {},
  });
  model.dispose();
  if (member.isCalibrated) await writePackageFile(directory, calibrationFile, movesFor(shape.classes));
}

function signatureOf(schema: DataSchema) {
  const task = schema.classes.length === 0 ? 'regression' : schema.classes.length === 2 ? 'binary' : 'multiclass';
  return { task, schema, snapshotId: 's', lastKey: 'k', candidateId: 'c', parameters: 1 } as const;
}

function calibratorFor(classes: number): Calibrator {
  if (classes === 0) return { kind: 'line', slope: 1.1, intercept: 3 };
  if (classes > 2) return { kind: 'temperature', temperature: 1.7 };
  return { kind: 'isotonic', map: { xs: [0.1, 0.4, 0.4, 0.9], ys: [0, 0.3, 0.5, 1] } };
}

/** As a version has that follows its labels, on top of a calibrator of its own. */
function movesFor(classes: number): Calibrator {
  const first = calibratorFor(classes);
  return classes === 2 ? { kind: 'shifts', shifts: [-2, 0, 1], weights: [0.2, 0.5, 0.3], first } : first;
}

function fitTo(schema: DataSchema, seed: number) {
  const rng = createRng(seed);
  const rowCount = 400;
  const columns = schema.features.map(({ name, type }, index): [string, Column] => {
    const isMissing = () => index % 2 === 0 && rng() < 0.1;
    const draw = (make: () => number) =>
      Float64Array.from({ length: rowCount }, () => (isMissing() ? Number.NaN : make()));
    if (type === 'categorical') {
      const values = Array.from({ length: rowCount }, () => (isMissing() ? null : `c${Math.floor(rng() * 6 * seed)}`));
      return [name, { kind: 'categorical', values }];
    }
    if (type === 'boolean') return [name, { kind: 'numeric', values: draw(() => Number(rng() < 0.5)) }];
    // Few values, many, a skewed column, or a constant one.
    const numbers = [() => Math.floor(rng() * 7), () => 100 * rng() - 50, () => Math.exp(8 * rng()), () => 3][
      index % 4
    ]!;
    return [name, { kind: 'numeric', values: draw(numbers) }];
  });
  const table = { rowCount, columns: Object.fromEntries(columns) };
  return fitPreprocessing(table, schema, { from: 0, to: rowCount });
}

function buildNetwork(
  inputs: number,
  outputs: number,
  { classes }: DataSchema,
  { hidden, hasDropout }: MemberShape,
  seed: number,
) {
  const model = tf.sequential();
  const kernelInitializer = () => tf.initializers.randomNormal({ stddev: 0.5, seed: (seed += 1) });
  const first = { inputShape: [inputs] };
  for (const [index, { units, activation }] of hidden.entries()) {
    model.add(
      tf.layers.dense({
        units,
        activation,
        kernelInitializer: kernelInitializer(),
        biasInitializer: kernelInitializer(),
        ...(index === 0 ? first : {}),
      }),
    );
    if (hasDropout) model.add(tf.layers.dropout({ rate: 0.5 }));
  }
  const activation = classes.length === 0 ? 'linear' : classes.length === 2 ? 'sigmoid' : 'softmax';
  model.add(
    tf.layers.dense({
      units: outputs,
      activation,
      kernelInitializer: kernelInitializer(),
      useBias: !hasDropout,
      ...(hidden.length === 0 ? first : {}),
    }),
  );
  return model;
}
