import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { exportPackage } from '../../../activities/export-package.ts';
import { exportedFiles } from '../../../adapters/export/files.ts';
import { writeExport } from '../../../adapters/export/write-export.ts';
import { createFilePackages } from '../../../adapters/packages/file-packages.ts';
import type { Golden } from '../../../adapters/runtime/golden.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { readPackageFile } from '../../../adapters/runtime/model-package.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { runPython } from '../../support/python.ts';
import { inputs, rows, tf, writeNetworkPackage } from './network-package.ts';

let seed = 1;
/** Biases, scales and variances that are not what they begin as. */
const anyWeights = () => tf.initializers.randomUniform({ minval: 0.2, maxval: 1.4, seed: seed++ });
const kernels = () => tf.initializers.randomNormal({ stddev: 0.8, seed: seed++ });
const dense = (units: number, more: object = {}) =>
  tf.layers.dense({ units, kernelInitializer: kernels(), biasInitializer: anyWeights(), ...more });

const activations = [
  'linear',
  'relu',
  'relu6',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softmax',
  'logSoftmax',
  'softplus',
  'softsign',
  'elu',
  'selu',
  'swish',
  'mish',
  'gelu',
] as const;

/** A stack of one of each layer. */
function stackOfAll(): LayersModel {
  const batchNormalization = (more: object) =>
    tf.layers.batchNormalization({
      betaInitializer: anyWeights(),
      gammaInitializer: anyWeights(),
      movingMeanInitializer: anyWeights(),
      movingVarianceInitializer: anyWeights(),
      ...more,
    });
  const layers = [
    dense(6, { inputShape: [inputs], useBias: false }),
    batchNormalization({}),
    tf.layers.leakyReLU({ alpha: 0.15 }),
    tf.layers.dropout({ rate: 0.5 }),
    dense(5),
    batchNormalization({ scale: false, center: false, epsilon: 0.1 }),
    tf.layers.elu(),
    tf.layers.gaussianNoise({ stddev: 1 }),
    dense(5),
    tf.layers.reLU({ maxValue: 1.5 }),
    dense(4),
    tf.layers.softmax(),
    tf.layers.activation({ activation: 'tanh' }),
    dense(1),
  ];
  return tf.sequential({ layers });
}

/** A graph whose branches meet again. */
function graphOfAll(): LayersModel {
  const input = tf.input({ shape: [inputs] });
  const branch = () => dense(4, { activation: 'tanh' }).apply(input) as SymbolicTensor;
  const [one, two, three] = [branch(), branch(), branch()];
  const merged = [
    tf.layers.add().apply([one, two, three]),
    tf.layers.multiply().apply([one, two]),
    tf.layers.maximum().apply([one, three]),
    tf.layers.minimum().apply([two, three]),
    tf.layers.average().apply([one, two, three]),
  ] as SymbolicTensor[];
  const joined = tf.layers.concatenate().apply(merged);
  return tf.model({ inputs: input, outputs: dense(1).apply(joined) as SymbolicTensor });
}

const networks: readonly (readonly [string, () => LayersModel])[] = [
  ...activations.map((activation) => {
    const build = () => tf.sequential({ layers: [dense(5, { inputShape: [inputs], activation }), dense(1)] });
    return [activation, build] as const;
  }),
  ['a stack of all layers', stackOfAll],
  ['a graph of all layers', graphOfAll],
];

describe('a network that a user built', () => {
  it('is exported with whatever activations and layers a flat network has', { timeout: 300_000 }, async () => {
    const directories: string[] = [];
    for (const [, build] of networks) {
      const model = build();
      directories.push(await writeNetworkPackage(model));
      model.dispose();
    }
    for (const directory of directories) expect(await writeExport(directory)).toEqual({ notice: null });
    const jobs = join(await temporaryFolder(), 'jobs.json');
    await writeFile(jobs, JSON.stringify(directories.map((directory) => ({ directory, rows }))));
    const found = JSON.parse(await runPython('score_packages.py', [jobs])) as readonly (readonly number[][])[];
    for (const [at, directory] of directories.entries()) {
      const { outputs } = await readPackageFile<Golden>(directory, 'golden.json');
      const differences = outputs.map(([value], row) => Math.abs(value! - found[at]![row]![0]!));
      expect(Math.max(...differences), networks[at]![0]).toBeLessThan(1e-5);
      expect(new Set(outputs.flat()).size, networks[at]![0]).toBeGreaterThan(10);
    }
  });

  const shared = (): LayersModel => {
    const input = tf.input({ shape: [inputs] });
    const twice = dense(inputs);
    return tf.model({ inputs: input, outputs: dense(1).apply(twice.apply(twice.apply(input))) as SymbolicTensor });
  };
  it.each<[string, () => LayersModel, string]>([
    [
      'that is convolutional',
      () =>
        tf.sequential({
          layers: [
            tf.layers.reshape({ targetShape: [inputs, 1], inputShape: [inputs], name: 'shape' }),
            tf.layers.conv1d({ filters: 2, kernelSize: 2 }),
            tf.layers.flatten(),
            dense(1),
          ],
        }),
      'layer "shape" is a Reshape, which this export does not know',
    ],
    ['that uses a layer twice', shared, 'is used 2 times'],
    [
      'with another network inside',
      () =>
        tf.sequential({
          layers: [tf.sequential({ layers: [dense(2, { inputShape: [inputs] })], name: 'inner' }), dense(1)],
        }),
      'layer "inner" is a Sequential',
    ],
  ])('%s keeps what tfjs loads, and says why Python can not', async (_name, build, why) => {
    const model = build();
    const directory = await writeNetworkPackage(model);
    model.dispose();
    const { notice } = await writeExport(directory);
    expect(notice).toContain(why);
    expect(notice).toContain('the service and tfjs load it all the same');
    const { flavors, metadata } = parse(await readFile(join(directory, 'MLmodel'), 'utf8')) as {
      flavors: object;
      metadata: { notice: string };
    };
    expect(Object.keys(flavors)).toEqual(['tfjs']);
    expect(metadata.notice).toBe(notice);
    expect(await readPackageFile(directory, 'export.json')).toMatchObject({ onnx: null, notice });
    for (const file of ['model.onnx', 'code', 'requirements.txt']) {
      await expect(readFile(join(directory, file))).rejects.toThrow('ENOENT');
    }
    const loaded = await loadModel(directory);
    expect(await loaded.verifyGolden()).toBeLessThan(1e-6);
    loaded.dispose();
  });

  it('that can not be exported is told of in the worker’s log and in a tag of the version', async () => {
    const model = shared();
    const directory = await writeNetworkPackage(model);
    model.dispose();
    const warnings: unknown[] = [];
    const logger = new DefaultLogger('WARN', ({ message, meta }) => void warnings.push([message, meta?.['notice']]));
    const environment = new MockActivityEnvironment(undefined, { logger });
    const deps = { packages: createFilePackages() } as Dependencies;
    const tag = (await environment.run(() => exportPackage(deps, directory))) as { export: string };
    expect(tag.export).toMatch(/^none: it has no form that Python could load: layer "dense_.*" is used 2 times/);
    expect(warnings).toEqual([
      ['the version that is being registered can not be loaded from Python', tag.export.replace('none: ', '')],
    ]);
    const plain = graphOfAll();
    const other = await writeNetworkPackage(plain);
    plain.dispose();
    expect(await environment.run(() => exportPackage(deps, other))).toEqual({ export: 'onnx' });
    expect(warnings).toHaveLength(1);
  });

  it('is exported anew as a whole: nothing of an earlier export stays', async () => {
    const model = stackOfAll();
    const directory = await writeNetworkPackage(model);
    model.dispose();
    const read = async () =>
      await Promise.all(exportedFiles.filter((file) => file !== 'code').map((file) => readFile(join(directory, file))));
    await writeExport(directory);
    const first = await read();
    await writeFile(join(directory, 'code', 'left.py'), '');
    await writeExport(directory);
    expect(await read()).toEqual(first);
    await expect(readFile(join(directory, 'code', 'left.py'))).rejects.toThrow('ENOENT');
  });
});
