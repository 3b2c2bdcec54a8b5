import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import { createFilePackages } from '../../adapters/packages/file-packages.ts';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import type { PackageTrust } from '../../adapters/registry/keys.ts';
import { makeKeyPair } from '../../adapters/registry/make-key-pair.ts';
import { readWriterTrust } from '../../adapters/registry/trust.ts';
import { createInProcessRuntime } from '../../adapters/runtime/in-process-runtime.ts';
import { createPredictionClient } from '../../client/prediction-client.ts';
import type { PredictAnswer } from '../../config/wire.ts';
import { temporaryFolder } from '../support/folders.ts';
import { serveWithMlflow } from '../support/mlflow-models-serve.ts';
import { runPython } from '../support/python.ts';
import { startService } from '../support/serving.ts';
import { openRows, type Problem } from '../unit/runtime/generated-rows.ts';
import { jobIn } from '../unit/runtime/jobs.ts';

const { signal } = new AbortController();
const runtime = createInProcessRuntime(await openRows(''));

/** What a client may send: plain, missing, far out, of a category that nobody saw, and times of all spellings. */
const rows: readonly FeatureRow[] = [
  { x: 0.25, y: -0.5, shift: 'late', night: true, at: '2026-01-01T12:34:56.789Z' },
  { x: -0.9, y: 0.1, shift: 'early', night: false, at: '2026-01-02T03:00:00+02:00' },
  { x: null, y: 0.4, shift: null, night: null, at: null },
  { x: 1e12, y: -1e300, shift: 'noon, which nobody saw', night: true, at: '2026-01-01T15:30' },
  { x: 0, y: 0, shift: '', night: false, at: '2026-01-01T00:00:00Z' },
  { x: null, y: null, shift: '\uE000', night: null, at: '2200-01-01T00:00:00Z' },
];

let folder: string;
let home: string;
let trust: PackageTrust;
/** Of the service: it must not matter where it runs, and it trusts who signed. */
let environment: Readonly<Record<string, string>>;
/** Names of models in the registry, each with one version that serves. */
const directories = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-mlflow-package-'));
  home = join(folder, 'home');
  const { privateFile, publicFile } = await makeKeyPair(join(folder, 'keys'));
  trust = await readWriterTrust({ signingKey: privateFile, trustedKeys: [publicFile] });
  environment = { TZ: 'America/New_York', INCUMBENT_TRUSTED_KEYS: publicFile };
  for (const problem of ['ring', 'sectors', 'price'] as const) await serve(problem, await trainOne(problem, [16]));
  // As in a retraining: one network is lent by a registered version, whose seal and export must not come along.
  const blend = await blendOf([directories.get('ring')!, await trainOne('ring', [])]);
  await serve('ring-blend', blend);
  await serve('ring-recalibrated', await recalibrated(blend));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function trainOne(problem: Problem, hiddenUnits: readonly number[]): Promise<string> {
  const job = jobIn(join(folder, `${problem}-${hiddenUnits.length}`), problem, { hiddenUnits, maxEpochs: 4 });
  const options = { signal, resumeFrom: null, onEpoch: () => undefined };
  return (await runtime.train(job, options)).packageDirectory;
}

async function blendOf(packages: readonly string[]): Promise<string> {
  const { snapshot, validation: range } = jobIn('', 'ring', {});
  const parts = { kind: 'given', members: packages.map((one) => ({ packageDirectory: one, weight: 0.5 })) } as const;
  const job = { candidateId: 'blend', parts, snapshot, range, workDirectory: join(folder, 'blend') };
  return (await runtime.blend(job, signal))!.packageDirectory;
}

async function recalibrated(packageDirectory: string): Promise<string> {
  const { snapshot, validation: range } = jobIn('', 'ring', {});
  const workDirectory = join(folder, 'recalibrated');
  const job = { candidateId: 'recalibrated', packageDirectory, snapshot, range, workDirectory };
  return (await runtime.recalibrate(job, signal)).packageDirectory;
}

/** As activities do it: the export last, then the registry, which signs. */
async function serve(model: string, packageDirectory: string): Promise<void> {
  expect(await createFilePackages().writeExport(packageDirectory)).toEqual({ notice: null });
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry'), trust });
  await registry.register({ model, idempotencyKey: model, packageDirectory, tags: {} });
  await registry.setAlias(model, 'champion', '1');
  directories.set(model, await registry.fetchPackage(model, '1'));
}

/** The answers of our own service, without what is its alone. */
async function askService(models: readonly string[]): Promise<readonly PredictAnswer['predictions'][]> {
  const client = createPredictionClient((await startService(home, environment)).url);
  return await Promise.all(
    models.map(async (model) => {
      const { predictions } = await client.predict(model, { rows: rows.map((row) => ({ ...row })) });
      return predictions;
    }),
  );
}

type Answer = Omit<PredictAnswer['predictions'][number], 'id'>;

function expectSameAnswers(found: readonly Answer[], expected: PredictAnswer['predictions']): void {
  expect(found).toHaveLength(expected.length);
  for (const [row, { label, probability, probabilities, value }] of expected.entries()) {
    const answer = found[row]!;
    expect(answer.label).toBe(label);
    if (value !== undefined) expect(Math.abs(answer.value! / value - 1)).toBeLessThan(1e-5);
    if (probabilities === undefined) continue;
    expect(Math.abs(answer.probability! - probability!)).toBeLessThan(1e-5);
    expect(Object.keys(answer.probabilities!)).toEqual(Object.keys(probabilities));
    for (const [name, share] of Object.entries(probabilities)) {
      expect(Math.abs(answer.probabilities![name]! - share)).toBeLessThan(1e-5);
    }
  }
}

describe('a registered package in MLflow', () => {
  it('answers by mlflow.pyfunc as the service does: classes, values, a blend, a recalibrated blend', async () => {
    const models = [...directories.keys()];
    const jobs = join(await temporaryFolder(), 'jobs.json');
    await writeFile(jobs, JSON.stringify(models.map((model) => ({ directory: directories.get(model), rows }))));
    const printed = await runPython('predict_with_mlflow.py', [jobs]);
    const found = JSON.parse(printed) as readonly (readonly Answer[])[];
    const expected = await askService(models);
    expect(models).toHaveLength(5);
    for (const [at, answers] of expected.entries()) expectSameAnswers(found[at]!, answers);
  });

  it('answers by `mlflow models serve` as the service does', async () => {
    const model = 'ring-recalibrated';
    const url = await serveWithMlflow(directories.get(model)!);
    const ask = async (body: unknown) =>
      await fetch(`${url}/invocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answer = await ask({ dataframe_records: rows });
    const { predictions } = (await answer.json()) as { predictions: readonly Answer[] };
    const [expected] = await askService([model]);
    expectSameAnswers(predictions, expected!);

    const example = JSON.parse(await readFile(join(directories.get(model)!, 'serving_input_example.json'), 'utf8'));
    expect((await ask(example)).status).toBe(200);
    const { x: _x, ...short } = rows[0]!;
    expect(await (await ask({ dataframe_records: [short] })).text()).toContain("'x'");
    const wrong = await ask({ dataframe_records: [{ ...rows[0], at: 'yesterday' }] });
    expect(await wrong.text()).toContain('must be an ISO 8601 time or null');
  });

  it('has no seal and no export in the networks of a blend, and its own ones for what is recalibrated', async () => {
    const [blend, after] = ['ring-blend', 'ring-recalibrated'].map((model) => directories.get(model)!);
    for (const file of ['MLmodel', 'code', 'manifest.json', 'manifest.signature.json', 'export.json']) {
      expect(existsSync(join(blend!, file)), file).toBe(true);
      expect(existsSync(join(blend!, 'members', '0', file)), file).toBe(false);
    }
    const read = (directory: string) => readFile(join(directory, 'model.onnx'));
    expect(await read(after!)).not.toEqual(await read(blend!));
  });

  it('is refused by a service that trusts keys when it is not signed, and the others are served', async () => {
    const unsigned = await openEmbeddedRegistry({ directory: join(home, 'registry') });
    const packageDirectory = directories.get('ring')!;
    await unsigned.register({ model: 'unsigned', idempotencyKey: 'unsigned', packageDirectory, tags: {} });
    await unsigned.setAlias('unsigned', 'champion', '1');
    const client = createPredictionClient((await startService(home, environment)).url);
    const request = { rows: [{ ...rows[0] }] };
    await expect(client.predict('unsigned', request)).rejects.toThrow(
      'unsigned version 1 is not signed, and signing is on',
    );
    expect((await client.predict('ring', request)).predictions).toHaveLength(1);
  });

  it('keeps what it was sealed as: MLflow and the loader write nothing into it', async () => {
    const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
    for (const model of directories.keys()) await registry.fetchPackage(model, '1');
  });
});
