import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMlflowClient } from 'mlflow-js-client';
import { describe, expect, it } from 'vitest';
import { connectToMlflow } from '../../adapters/mlflow/connection.ts';
import { noTrust, toSigner, toTrustedKey, type PackageTrust } from '../../adapters/registry/keys.ts';
import { openMlflowRegistry } from '../../adapters/registry/mlflow/registry.ts';
import { sealPackage } from '../../adapters/registry/seal.ts';
import { createRng } from '../../domain/math/rng.ts';
import { startFaultyProxy, type Fault } from '../support/faulty-proxy.ts';
import { temporaryFolder } from '../support/folders.ts';
import { admin, startMlflowServer, useMlflowServer, writeBasicAuth } from '../support/mlflow-server.ts';
import { makePackage } from '../support/registry-contract.ts';

const server = useMlflowServer();
const model = 'electricity';
const none = { kind: 'none' } as const;
/** A server takes its time to start, on a busy machine a minute. */
const startsServersMs = 240_000;

interface Opened {
  readonly url?: string;
  readonly prefix?: string;
  readonly cacheDirectory?: string;
  readonly trust?: PackageTrust;
}

async function open({
  url = server().url,
  prefix = `${randomUUID().slice(0, 8)}-`,
  cacheDirectory,
  trust = noTrust,
}: Opened = {}) {
  const connection = connectToMlflow({ trackingUri: url, auth: none, prefix });
  const directory = cacheDirectory ?? join(await temporaryFolder(), 'packages');
  return { prefix, directory, registry: openMlflowRegistry({ connection, cacheDirectory: directory, trust }) };
}

const register = async (registry: Awaited<ReturnType<typeof open>>['registry'], idempotencyKey: string) =>
  await registry.register({ model, idempotencyKey, packageDirectory: await makePackage(idempotencyKey), tags: {} });

describe('a server that misbehaves', () => {
  it.each<Fault>(['fail-before', 'fail-after', 'hang-up-after'])(
    'now and then (%s) makes no version twice, and loses none',
    async (fault) => {
      const random = createRng(7);
      const proxy = await startFaultyProxy(server().url, () => (random() < 0.2 ? fault : 'pass'));
      const { registry, prefix } = await open({ url: proxy.url });
      const direct = (await open({ prefix })).registry;
      for (const key of ['a', 'b']) {
        // An activity is tried again until it works; so is this.
        for (let tries = 0; tries < 20; tries += 1) {
          if (
            await register(registry, key).then(
              () => true,
              () => false,
            )
          )
            break;
        }
      }
      expect((await direct.listVersions(model)).map(({ version }) => version)).toHaveLength(2);
      await registry.fetchPackage(model, (await direct.listVersions(model))[0]!.version);
    },
  );

  it.each<Fault>(['fail-before', 'fail-after', 'hang-up-after'])(
    'in the middle of a promotion (%s) leaves the aliases as they were told when it is repeated',
    async (fault) => {
      const { registry: direct, prefix } = await open();
      for (const key of ['a', 'b']) await register(direct, key);
      await direct.setAlias(model, 'champion', '1');
      let faults = 0;
      const proxy = await startFaultyProxy(server().url, ({ method, path }) =>
        method === 'POST' && path.endsWith('/registered-models/alias') && ++faults <= 5 ? fault : 'pass',
      );
      const { registry } = await open({ url: proxy.url, prefix });
      await expect(registry.setAlias(model, 'previous', '1')).rejects.toMatchObject({ code: 'unavailable' });
      await registry.setAlias(model, 'previous', '1');
      await registry.setAlias(model, 'champion', '2');
      expect(await direct.getAliases(model)).toEqual({ champion: '2', previous: '1', challenger: null });
    },
  );

  it('by being slow is waited for', async () => {
    const proxy = await startFaultyProxy(server().url, () => 'slow');
    const { registry } = await open({ url: proxy.url });
    await register(registry, 'a');
    await registry.setAlias(model, 'champion', '1');
    expect((await registry.getAliases(model)).champion).toBe('1');
  });

  it(
    'is killed, and back on the same files knows all it was told; meanwhile the error says where to look',
    { timeout: startsServersMs },
    async () => {
      const directory = await temporaryFolder();
      const first = await startMlflowServer({ directory });
      const { registry } = await open({ url: first.url });
      try {
        for (const key of ['a', 'b']) await register(registry, key);
        await registry.setAlias(model, 'champion', '1');
        await registry.fetchPackage(model, '1');
      } finally {
        await first.kill();
      }
      // What was fetched is at hand meanwhile, checked as ever; what was not is not.
      const folder = await registry.fetchPackage(model, '1');
      await expect(registry.fetchPackage(model, '2')).rejects.toMatchObject({ code: 'unavailable' });
      await appendFile(join(folder, 'weights.bin'), 'x');
      await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject({ code: 'package-altered' });
      await rm(folder, { recursive: true });
      await expect(registry.getAliases(model)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('(MLFLOW_TRACKING_URI)'),
      });
      const second = await startMlflowServer({ directory, port: first.port });
      try {
        expect((await registry.getAliases(model)).champion).toBe('1');
        await registry.fetchPackage(model, '1');
      } finally {
        await second.stop();
      }
    },
  );
});

describe('two promoters at a time', () => {
  it('leave the aliases at what one of them said, the same for every reader', async () => {
    const { registry: one, prefix } = await open();
    const { registry: other } = await open({ prefix });
    for (const key of ['a', 'b', 'c']) await register(one, key);
    for (let round = 0; round < 5; round += 1) {
      const promote = async (registry: typeof one, version: string) => {
        await registry.setAlias(model, 'previous', '1');
        await registry.setAlias(model, 'champion', version);
      };
      await Promise.all([promote(one, '2'), promote(other, '3')]);
      const [seen, seenByOther] = await Promise.all([one.getAliases(model), other.getAliases(model)]);
      expect(['2', '3']).toContain(seen.champion);
      expect([seen.previous, seenByOther]).toEqual(['1', seen]);
      await one.setAlias(model, 'champion', null);
      await one.setAlias(model, 'previous', null);
    }
  });
});

describe('what others do in MLflow', () => {
  const client = () => createMlflowClient({ trackingUri: server().url });

  it('with a model of that name is refused with a way out, and left alone', async () => {
    const { registry, prefix } = await open();
    await client().registeredModels.create({ name: `${prefix}${model}` });
    const taken = { code: 'name-taken', message: expect.stringContaining('INCUMBENT_MLFLOW_PREFIX') };
    await expect(registry.getAliases(model)).rejects.toMatchObject(taken);
    await expect(register(registry, 'a')).rejects.toMatchObject(taken);
    await expect(registry.setAlias(model, 'champion', '1')).rejects.toMatchObject(taken);
    expect(await registry.listModels()).toEqual([]);
    await client().registeredModels.setTag(`${prefix}${model}`, 'incumbent.managed', 'true');
    await register(registry, 'a');
  });

  it('with a version of their own is not listed, and not served', async () => {
    const { registry, prefix } = await open();
    await register(registry, 'a');
    const { experimentId } = await client().experiments.ensure('others');
    const run = await client().runs.create({ experimentId });
    const source = `${run.artifactUri}/model`;
    await client().modelVersions.create({ name: `${prefix}${model}`, source, runId: run.runId });
    expect((await registry.listVersions(model)).map(({ version }) => version)).toEqual(['1']);
    await expect(registry.fetchPackage(model, '2')).rejects.toMatchObject({
      code: 'package-invalid',
      message: expect.stringContaining('move the alias'),
    });
  });

  it('by deleting the version that serves is an error that says how to go on, until the alias names a version again', async () => {
    const { registry, prefix } = await open();
    for (const key of ['a', 'b']) await register(registry, key);
    await registry.setAlias(model, 'champion', '2');
    await client().modelVersions.delete(`${prefix}${model}`, '2');
    // MLflow 2 leaves the alias where it was: who has the version in memory goes on, and who wants to load it is told.
    const version = await (await fetch(`${server().url}/version`)).text();
    const seen = version.startsWith('2.') ? registry.fetchPackage(model, '2') : registry.getAliases(model);
    await expect(seen).rejects.toMatchObject({
      code: 'version-not-found',
      message: expect.stringMatching(/version 2[^]*or roll back with `incumbent rollback`/),
    });
    await registry.setAlias(model, 'champion', '1');
    expect((await registry.getAliases(model)).champion).toBe('1');
  });

  it('by giving a version a name of their own keeps its package', async () => {
    const { registry, prefix } = await open();
    for (const key of ['a', 'b']) await register(registry, key);
    await client().registeredModels.setAlias(`${prefix}${model}`, 'audit-2026', '1');
    expect((await registry.listVersions(model)).map(({ aliases }) => aliases)).toEqual([['audit-2026'], []]);
    await expect(registry.removePackage(model, '1')).rejects.toMatchObject({
      code: 'version-in-use',
      message: expect.stringContaining('called audit-2026'),
    });
  });

  it('by taking the right to delete away makes a removal that is told, and done when it is back', async () => {
    const { registry, prefix, directory } = await open();
    await register(registry, 'a');
    const local = await registry.fetchPackage(model, '1');
    let mayDelete = false;
    const proxy = await startFaultyProxy(server().url, ({ method, path }) =>
      method === 'DELETE' && path.includes('mlflow-artifacts') && !mayDelete ? 'fail-before' : 'pass',
    );
    const through = (await open({ url: proxy.url, prefix, cacheDirectory: directory })).registry;
    await expect(through.removePackage(model, '1')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await registry.getVersion(model, '1')).removedAtMs).toBeNull();
    mayDelete = true;
    await through.removePackage(model, '1');
    expect((await registry.getVersion(model, '1')).removedAtMs).not.toBeNull();
    expect([existsSync(local), await readdir(join(directory, model))]).toEqual([false, []]);
    const uri = await client().modelVersions.getDownloadUri(`${prefix}${model}`, '1');
    expect(existsSync(join(server().directory, 'artifacts', uri.replace('mlflow-artifacts:/', '')))).toBe(false);
  });

  it('by deleting the experiment does not keep a version from being registered', async () => {
    const { registry, prefix } = await open();
    await register(registry, 'a');
    const experiment = await client().experiments.findByName(`${prefix}${model}`);
    await client().experiments.delete(experiment?.experimentId ?? '');
    expect((await register(registry, 'b')).version).toBe('2');
  });

  it('by altering or removing a file makes a version that is not loaded, and leaves no copy behind', async () => {
    const { registry, prefix, directory } = await open();
    for (const key of ['a', 'b']) await register(registry, key);
    const artifacts = join(server().directory, 'artifacts');
    const files = await readdir(artifacts, { recursive: true });
    const uriOf = async (version: string) => await client().modelVersions.getDownloadUri(`${prefix}${model}`, version);
    const fileOf = (uri: string, name: string) => {
      const path = `${uri.replace('mlflow-artifacts:/', '')}/${name}`;
      expect(files).toContain(path);
      return join(artifacts, path);
    };
    await appendFile(fileOf(await uriOf('1'), 'weights.bin'), 'x');
    await rm(fileOf(await uriOf('2'), 'nested/notes.json'));
    const altered = (what: string) => ({ code: 'package-altered', message: expect.stringContaining(what) as string });
    await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject(altered('weights.bin was altered'));
    await expect(registry.fetchPackage(model, '2')).rejects.toMatchObject(
      altered('nested/notes.json has gone missing'),
    );
    expect(await readdir(join(directory, model)).catch(() => [])).toEqual([]);
  });
});

describe('with signing on', () => {
  it('what was signed is loaded; what was not, or was altered or sealed anew at the server, is refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { registry: unsigned, prefix, directory } = await open();
    const trust = { signer: toSigner(privateKey), trustedKeys: [toTrustedKey(publicKey)] };
    const { registry: signing } = await open({ prefix, cacheDirectory: directory, trust });
    for (const key of ['a', 'b', 'c']) await register(signing, key);
    await register(unsigned, 'd');
    const client = createMlflowClient({ trackingUri: server().url });
    const uriOf = async (version: string) => await client.modelVersions.getDownloadUri(`${prefix}${model}`, version);
    await signing.fetchPackage(model, '1');
    await client.artifacts.upload(`${await uriOf('2')}/weights.bin`, 'altered');
    // Whoever may write to MLflow can make a manifest that fits, and record its hash; the signature is what he can't make.
    const forged = await makePackage('forged');
    const manifestSha256 = await sealPackage(forged, model, null);
    for (const file of ['weights.bin', 'manifest.json'])
      await client.artifacts.upload(`${await uriOf('3')}/${file}`, { file: join(forged, file) });
    await client.modelVersions.setTag(`${prefix}${model}`, '3', 'incumbent.manifestSha256', manifestSha256);
    const refused = (code: string, what: string) => ({ code, message: expect.stringContaining(what) as string });
    await expect(signing.fetchPackage(model, '2')).rejects.toMatchObject(refused('package-altered', 'weights.bin'));
    await expect(signing.fetchPackage(model, '3')).rejects.toMatchObject(refused('package-untrusted', 'forged'));
    await expect(signing.fetchPackage(model, '4')).rejects.toMatchObject(refused('package-untrusted', 'not signed'));
    await unsigned.fetchPackage(model, '3');
  });
});

describe('a local copy', () => {
  it('is fetched once, and checked each time', async () => {
    const { registry, prefix, directory } = await open();
    await register(registry, 'a');
    const folder = await registry.fetchPackage(model, '1');
    const proxy = await startFaultyProxy(server().url, () => 'pass');
    const again = await open({ url: proxy.url, prefix, cacheDirectory: directory });
    expect(await again.registry.fetchPackage(model, '1')).toBe(folder);
    expect(proxy.seen.filter((one) => one.includes('mlflow-artifacts'))).toEqual([]);
    await appendFile(join(folder, 'weights.bin'), 'x');
    await expect(registry.fetchPackage(model, '1')).rejects.toThrow(`local copy in ${folder}: delete it`);
    await rm(folder, { recursive: true });
    expect(await registry.fetchPackage(model, '1')).toBe(folder);
  });
});

describe('credentials', () => {
  it(
    'that are wrong or missing are an error that names the variables, with a real server that wants some',
    { timeout: startsServersMs },
    async () => {
      const directory = await temporaryFolder();
      const guarded = await startMlflowServer({ directory, ...(await writeBasicAuth(directory)) });
      try {
        const cacheDirectory = join(directory, 'packages');
        const openAs = (auth: Parameters<typeof connectToMlflow>[0]['auth']) =>
          openMlflowRegistry({
            connection: connectToMlflow({ trackingUri: guarded.url, auth, prefix: '' }),
            cacheDirectory,
          });
        const refused = { code: 'unavailable', message: expect.stringContaining('MLFLOW_TRACKING_USERNAME') as string };
        await expect(openAs(none).getAliases(model)).rejects.toMatchObject(refused);
        const wrong = openAs({ kind: 'basic', ...admin, password: 'wrong' });
        await expect(wrong.getAliases(model)).rejects.toMatchObject(refused);
        const right = openAs({ kind: 'basic', ...admin });
        expect((await register(right, 'a')).version).toBe('1');
      } finally {
        await guarded.stop();
      }
    },
  );
});
