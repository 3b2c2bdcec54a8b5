import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { toSigner, toTrustedKey, type PackageTrust } from '../../adapters/registry/keys.ts';
import type { Registry } from '../../adapters/ports/registry.ts';
import { temporaryFolder } from './folders.ts';

const model = 'electricity';

/** A folder with the files of a small package. */
export async function makePackage(content = 'weights'): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'nested'));
  await writeFile(join(folder, 'weights.bin'), content);
  await writeFile(join(folder, 'nested', 'notes.json'), '{}');
  return folder;
}

interface RegistryUnderTest {
  readonly registry: Registry;
  /** As another process would open it, with keys of its own. */
  reopen(trust?: PackageTrust): Promise<Registry>;
  /** Writes a file of a version where the registry keeps it, past the registry, and lets no reader have a copy from before. */
  overwrite(version: string, file: string, content: string): Promise<void>;
  /** Deletes a file of a version in the same way. */
  destroy(version: string, file: string): Promise<void>;
}

function makeKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { signer: toSigner(privateKey), key: toTrustedKey(publicKey) };
}

/** What every registry must do. `makeRegistry` opens a fresh one, in which nobody signs. */
export function registryContract(name: string, makeRegistry: () => Promise<RegistryUnderTest>): void {
  describe(`${name}: versions`, () => {
    it('are numbered per model, and keep their tags', async () => {
      const { registry, reopen } = await makeRegistry();
      const packageDirectory = await makePackage();
      const first = await registry.register({ model, idempotencyKey: 'a', packageDirectory, tags: { gate: 'pass' } });
      const second = await registry.register({ model, idempotencyKey: 'b', packageDirectory, tags: {} });
      const other = await registry.register({ model: 'flights', idempotencyKey: 'a', packageDirectory, tags: {} });
      expect([first.version, second.version, other.version]).toEqual(['1', '2', '1']);
      expect(await (await reopen()).getVersion(model, '1')).toEqual(first);
      expect(first.tags).toEqual({ gate: 'pass' });
      expect((await registry.listVersions(model)).map(({ version }) => version)).toEqual(['1', '2']);
      expect((await registry.listModels()).toSorted()).toEqual([model, 'flights']);
    });

    it('are made once per key, also by two at a time', async () => {
      const { registry, reopen } = await makeRegistry();
      const packageDirectory = await makePackage();
      const request = { model, idempotencyKey: 'decision-7', packageDirectory, tags: {} };
      const others = await Promise.all([reopen(), reopen(), reopen()]);
      const made = await Promise.all([registry, ...others].map((one) => one.register(request)));
      expect(new Set(made.map(({ version }) => version)).size).toBe(1);
      expect(await registry.listVersions(model)).toHaveLength(1);
      expect((await registry.register(request)).version).toBe(made[0]?.version);
    });

    it('get numbers of their own when many register at a time', async () => {
      const { registry, reopen } = await makeRegistry();
      const packageDirectory = await makePackage();
      const other = await reopen();
      const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
      const made = await Promise.all(
        keys.map((idempotencyKey, index) =>
          (index % 2 === 0 ? registry : other).register({ model, idempotencyKey, packageDirectory, tags: {} }),
        ),
      );
      expect(new Set(made.map(({ version }) => version)).size).toBe(10);
    });

    it('do not change when the folder they came from does', async () => {
      const { registry } = await makeRegistry();
      const packageDirectory = await makePackage('before');
      await registry.register({ model, idempotencyKey: 'a', packageDirectory, tags: {} });
      await writeFile(join(packageDirectory, 'weights.bin'), 'after');
      await expect(registry.fetchPackage(model, '1')).resolves.toBeTypeOf('string');
    });

    it('that are not there are an error of their own', async () => {
      const { registry } = await makeRegistry();
      const missing = { code: 'version-not-found' };
      await expect(registry.getVersion(model, '1')).rejects.toMatchObject(missing);
      await expect(registry.fetchPackage(model, '99')).rejects.toMatchObject(missing);
      await expect(registry.setAlias(model, 'champion', '1')).rejects.toMatchObject(missing);
      expect(await registry.listVersions(model)).toEqual([]);
    });

    it('are refused when the package is empty or not there', async () => {
      const { registry } = await makeRegistry();
      const invalid = { code: 'package-invalid' };
      const register = (packageDirectory: string) =>
        registry.register({ model, idempotencyKey: 'a', packageDirectory, tags: {} });
      await expect(register(await temporaryFolder())).rejects.toMatchObject(invalid);
      await expect(register('/no/such/folder')).rejects.toMatchObject(invalid);
      expect(await registry.listVersions(model)).toEqual([]);
    });

    it('are not loaded when a file was altered, removed or added', async () => {
      const { registry } = await makeRegistry();
      const packageDirectory = await makePackage();
      await registry.register({ model, idempotencyKey: 'a', packageDirectory, tags: {} });
      const fetched = await registry.fetchPackage(model, '1');
      const altered = (file: string) => ({ code: 'package-altered', message: expect.stringContaining(file) as string });
      await writeFile(join(fetched, 'extra.txt'), 'x');
      await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject(altered('extra.txt was added'));
      await rm(join(fetched, 'extra.txt'));
      await appendFile(join(fetched, 'weights.bin'), 'x');
      await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject(altered('weights.bin was altered'));
      await rm(join(fetched, 'weights.bin'));
      await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject(altered('weights.bin has gone missing'));
    });
  });

  describe(`${name}: removed packages`, () => {
    const register = async (registry: Registry, ...keys: readonly string[]) => {
      const packageDirectory = await makePackage();
      for (const idempotencyKey of keys)
        await registry.register({ model, idempotencyKey, packageDirectory, tags: { gate: 'pass' } });
    };
    const removed = { code: 'package-removed', message: expect.stringContaining('version 1 was removed on') as string };

    it('leave their version, its number, tags and hash to be read, and nothing to be loaded', async () => {
      const { registry, reopen } = await makeRegistry();
      await register(registry, 'a', 'b');
      const before = await registry.getVersion(model, '1');
      const folder = await registry.fetchPackage(model, '1');
      const began = Date.now();
      await registry.removePackage(model, '1');
      for (const reader of [registry, await reopen()]) {
        const after = await reader.getVersion(model, '1');
        expect(after).toEqual({ ...before, removedAtMs: after.removedAtMs });
        expect(after.removedAtMs).toBeGreaterThanOrEqual(began);
        await expect(reader.fetchPackage(model, '1')).rejects.toMatchObject(removed);
        await expect(reader.setAlias(model, 'champion', '1')).rejects.toMatchObject(removed);
        await expect(reader.signVersion(model, '1', makeKeys().signer)).rejects.toMatchObject(removed);
      }
      expect(existsSync(folder)).toBe(false);
      const listed = await registry.listVersions(model);
      expect(listed.map((one) => [one.version, one.removedAtMs === null])).toEqual([
        ['1', false],
        ['2', true],
      ]);
      await registry.fetchPackage(model, '2');
      await register(registry, 'a', 'c');
      expect(await registry.listVersions(model)).toHaveLength(3);
    });

    it('are removed once, however often that is asked', async () => {
      const { registry } = await makeRegistry();
      await register(registry, 'a');
      await registry.removePackage(model, '1');
      const { removedAtMs } = await registry.getVersion(model, '1');
      await registry.removePackage(model, '1');
      expect((await registry.getVersion(model, '1')).removedAtMs).toBe(removedAtMs);
      await expect(registry.removePackage(model, '2')).rejects.toMatchObject({ code: 'version-not-found' });
    });

    it('are never those of a version that bears an alias', async () => {
      const { registry } = await makeRegistry();
      await register(registry, 'a', 'b');
      await registry.setAlias(model, 'champion', '2');
      await registry.setAlias(model, 'previous', '2');
      const inUse = {
        code: 'version-in-use',
        message: expect.stringContaining('called champion and previous') as string,
      };
      await expect(registry.removePackage(model, '2')).rejects.toMatchObject(inUse);
      await registry.fetchPackage(model, '2');
      expect((await registry.listVersions(model)).map(({ aliases }) => [...aliases].toSorted())).toEqual([
        [],
        ['champion', 'previous'],
      ]);
    });

    it('are finished by the next removal where one broke off', async () => {
      const { registry, destroy } = await makeRegistry();
      await register(registry, 'a');
      await destroy('1', 'weights.bin');
      await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject({ code: 'package-altered' });
      await registry.removePackage(model, '1');
      await expect(registry.fetchPackage(model, '1')).rejects.toMatchObject(removed);
    });
  });

  describe(`${name}: signatures`, () => {
    const register = async (registry: Registry, idempotencyKey: string) =>
      await registry.register({ model, idempotencyKey, packageDirectory: await makePackage(), tags: {} });
    const untrusted = (what: string) => ({
      code: 'package-untrusted',
      message: expect.stringContaining(what) as string,
    });

    it('are of no interest to who trusts no key', async () => {
      const { registry, reopen } = await makeRegistry();
      await register(await reopen({ signer: makeKeys().signer, trustedKeys: [] }), 'signed');
      await register(registry, 'unsigned');
      for (const version of ['1', '2']) await registry.fetchPackage(model, version);
    });

    it('of the old key and the new one are taken while keys rotate', async () => {
      const { reopen } = await makeRegistry();
      const [old, fresh] = [makeKeys(), makeKeys()];
      const trustedKeys = [old.key, fresh.key];
      await register(await reopen({ signer: old.signer, trustedKeys }), 'a');
      await register(await reopen({ signer: fresh.signer, trustedKeys }), 'b');
      const reader = await reopen({ signer: null, trustedKeys });
      for (const version of ['1', '2']) await reader.fetchPackage(model, version);
      const later = await reopen({ signer: null, trustedKeys: [fresh.key] });
      await expect(later.fetchPackage(model, '1')).rejects.toMatchObject(untrusted(`the key ${old.key.keyId}`));
      await later.fetchPackage(model, '2');
    });

    it('that are missing, unreadable or forged make a version one that is not loaded', async () => {
      const { registry, reopen, overwrite } = await makeRegistry();
      const { signer, key } = makeKeys();
      await register(registry, 'unsigned');
      const reader = await reopen({ signer, trustedKeys: [key] });
      await expect(reader.fetchPackage(model, '1')).rejects.toMatchObject(untrusted('version 1 is not signed'));
      await register(reader, 'signed');
      await reader.fetchPackage(model, '2');
      const forged = { algorithm: 'ed25519', keyId: key.keyId, signature: makeKeys().signer.sign(Buffer.from('{}')) };
      await overwrite('2', 'manifest.signature.json', JSON.stringify(forged));
      await expect(reader.fetchPackage(model, '2')).rejects.toMatchObject(untrusted('not that of the key'));
      await overwrite('2', 'manifest.signature.json', 'no signature');
      await expect(reader.fetchPackage(model, '2')).rejects.toMatchObject(untrusted('unreadable'));
    });

    it('can be given to a version later, and count for readers that fetched it before', async () => {
      const { registry, reopen } = await makeRegistry();
      const [old, fresh] = [makeKeys(), makeKeys()];
      await register(registry, 'a');
      const reader = await reopen({ signer: null, trustedKeys: [fresh.key] });
      await expect(reader.fetchPackage(model, '1')).rejects.toMatchObject(untrusted('version 1 is not signed'));
      await registry.signVersion(model, '1', old.signer);
      await expect(reader.fetchPackage(model, '1')).rejects.toMatchObject(untrusted(`the key ${old.key.keyId}`));
      const fetched = await registry.fetchPackage(model, '1');
      await registry.signVersion(model, '1', fresh.signer);
      expect(await reader.fetchPackage(model, '1')).toBe(fetched);
      expect((await reader.getVersion(model, '1')).manifestSha256).toMatch(/^[0-9a-f]{64}$/);
    });

    it('are not given to what is not there or was altered', async () => {
      const { registry } = await makeRegistry();
      const { signer } = makeKeys();
      await expect(registry.signVersion(model, '1', signer)).rejects.toMatchObject({ code: 'version-not-found' });
      await register(registry, 'a');
      await appendFile(join(await registry.fetchPackage(model, '1'), 'weights.bin'), 'x');
      await expect(registry.signVersion(model, '1', signer)).rejects.toMatchObject({ code: 'package-altered' });
    });

    it('do not cover a manifest that was altered to fit altered files', async () => {
      const { reopen } = await makeRegistry();
      const { signer, key } = makeKeys();
      const reader = await reopen({ signer, trustedKeys: [key] });
      await register(reader, 'a');
      const manifestFile = join(await reader.fetchPackage(model, '1'), 'manifest.json');
      await writeFile(manifestFile, (await readFile(manifestFile, 'utf8')).replace('notes', 'other'));
      await expect(reader.fetchPackage(model, '1')).rejects.toMatchObject(untrusted('manifest.json'));
      const careless = await reopen();
      const altered = {
        code: 'package-altered',
        message: expect.stringContaining('manifest.json was altered') as string,
      };
      await expect(careless.fetchPackage(model, '1')).rejects.toMatchObject(altered);
    });
  });

  describe(`${name}: aliases`, () => {
    it('are all null at first, and move one by one', async () => {
      const { registry, reopen } = await makeRegistry();
      expect(await registry.getAliases(model)).toEqual({ champion: null, previous: null, challenger: null });
      const packageDirectory = await makePackage();
      for (const idempotencyKey of ['a', 'b'])
        await registry.register({ model, idempotencyKey, packageDirectory, tags: {} });
      await registry.setAlias(model, 'previous', '1');
      await registry.setAlias(model, 'champion', '2');
      await registry.setAlias(model, 'champion', '2');
      expect(await (await reopen()).getAliases(model)).toEqual({ champion: '2', previous: '1', challenger: null });
      await registry.setAlias(model, 'previous', null);
      expect((await registry.getAliases(model)).previous).toBeNull();
    });

    it('name the old version or the new for every reader while they move', async () => {
      const { registry, reopen } = await makeRegistry();
      const packageDirectory = await makePackage();
      for (const idempotencyKey of ['a', 'b'])
        await registry.register({ model, idempotencyKey, packageDirectory, tags: {} });
      await registry.setAlias(model, 'champion', '1');
      const reader = await reopen();
      let isMoving = true;
      const reading = (async () => {
        while (isMoving) expect(['1', '2']).toContain((await reader.getAliases(model)).champion);
      })();
      for (let move = 0; move < 50; move += 1) await registry.setAlias(model, 'champion', move % 2 === 0 ? '2' : '1');
      isMoving = false;
      await reading;
    });

    it('refuse names that lead out of the registry', async () => {
      const { registry } = await makeRegistry();
      for (const bad of ['../other', 'A', '', 'a/b']) {
        await expect(registry.getAliases(bad)).rejects.toMatchObject({ code: 'name-invalid' });
      }
    });
  });
}
