import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, copyFile, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { noTrust, readSigner, readTrustedKeys } from '../../../adapters/registry/keys.ts';
import { makeKeyPair } from '../../../adapters/registry/make-key-pair.ts';
import { sealPackage, verifyPackage } from '../../../adapters/registry/seal.ts';
import { readReaderTrust, readWriterTrust } from '../../../adapters/registry/trust.ts';
import { readEnvironment } from '../../../config/environment.ts';
import { homeAt } from '../../../config/home.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { makePackage } from '../../support/registry-contract.ts';

const run = promisify(execFile);
const incumbent = fileURLToPath(new URL('../../../bin/incumbent.mjs', import.meta.url));

describe('a pair of keys', () => {
  it('is made by the command line, the private half for its owner alone, and never overwritten', async () => {
    const folder = join(await temporaryFolder(), 'keys');
    const { stdout } = await run(process.execPath, [incumbent, 'keys', 'new', folder]);
    const privateFile = join(folder, 'incumbent-signing.key');
    expect(stdout).toContain(`INCUMBENT_SIGNING_KEY=${privateFile}`);
    expect((await stat(privateFile)).mode & 0o777).toBe(0o600);
    const { keyId } = await readSigner(privateFile);
    expect(stdout).toContain(keyId);
    expect((await readTrustedKeys([join(folder, 'incumbent-signing.pub')]))[0]?.keyId).toBe(keyId);
    await expect(makeKeyPair(folder)).rejects.toThrow('is there already, and a key is never overwritten');
    expect((await readSigner(privateFile)).keyId).toBe(keyId);
  });

  it('signs so that OpenSSL agrees', async () => {
    const folder = await temporaryFolder();
    const { privateFile, publicFile } = await makeKeyPair(folder);
    const signature = (await readSigner(privateFile)).sign(Buffer.from('content'));
    await writeFile(join(folder, 'signature'), Buffer.from(signature, 'base64'));
    await writeFile(join(folder, 'content'), 'content');
    const inputs = ['-inkey', publicFile, '-sigfile', join(folder, 'signature'), '-in', join(folder, 'content')];
    const { stdout } = await run('openssl', ['pkeyutl', '-verify', '-pubin', '-rawin', ...inputs]);
    expect(stdout).toContain('Signature Verified Successfully');
  });

  it('is refused when others may read the private half', async () => {
    const { privateFile } = await makeKeyPair(await temporaryFolder());
    for (const mode of [0o640, 0o604, 0o620]) {
      await chmod(privateFile, mode);
      await expect(readSigner(privateFile)).rejects.toThrow(`mode ${mode.toString(8)}): say \`chmod 600`);
    }
  });

  it('is refused when a half is not there, of another kind, or no key at all', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'key');
    await expect(readSigner(path)).rejects.toThrow('make a pair with `incumbent keys new <dir>`');
    await expect(readTrustedKeys([path])).rejects.toThrow(`the trusted key ${path} can not be read`);
    await writeFile(path, 'no key', { mode: 0o600 });
    await expect(readSigner(path)).rejects.toThrow('is no private key in PEM');
    await expect(readTrustedKeys([path])).rejects.toThrow('holds no public key');
    await writeFile(path, '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
    await expect(readTrustedKeys([path])).rejects.toThrow('can not be parsed');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(path, other.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await expect(readSigner(path)).rejects.toThrow('of the type ec: it must be ed25519');
    await expect(readTrustedKeys([path])).rejects.toThrow('is a private key: give the public half');
    await writeFile(path, other.publicKey.export({ type: 'spki', format: 'pem' }));
    await expect(readTrustedKeys([path])).rejects.toThrow('of the type ec: it must be ed25519');
  });

  it('may share a file with others', async () => {
    const folder = await temporaryFolder();
    const pairs = await Promise.all(['a', 'b'].map((name) => makeKeyPair(join(folder, name))));
    const texts = await Promise.all(pairs.map(({ publicFile }) => readFile(publicFile, 'utf8')));
    await writeFile(join(folder, 'all.pub'), texts.join(''));
    const found = await readTrustedKeys([join(folder, 'all.pub')]);
    expect(found.map(({ keyId }) => keyId)).toEqual(pairs.map(({ keyId }) => keyId));
  });
});

describe('a version from before signing', () => {
  it('is signed by the command line, and then trusted, unless it was altered', async () => {
    const home = await temporaryFolder();
    const directory = homeAt(home).registry;
    const { privateFile, publicFile } = await makeKeyPair(await temporaryFolder());
    const careless = await openEmbeddedRegistry({ directory });
    for (const idempotencyKey of ['1', '2']) {
      await careless.register({ model: 'a', idempotencyKey, packageDirectory: await makePackage(), tags: {} });
    }
    const trust = await readReaderTrust({ signingKey: null, trustedKeys: [publicFile] });
    const reader = await openEmbeddedRegistry({ directory, trust });
    await expect(reader.fetchPackage('a', '1')).rejects.toThrow('sign it (`incumbent keys sign`)');
    await writeFile(join(await careless.fetchPackage('a', '2'), 'weights.bin'), 'other');
    const command = [incumbent, 'keys', 'sign', 'a', '1', '2', '--key', privateFile, '--home', home];
    await expect(run(process.execPath, command)).rejects.toMatchObject({
      stdout: expect.stringContaining('signed a version 1 with the key') as string,
      stderr: expect.stringContaining('weights.bin was altered') as string,
    });
    await reader.fetchPackage('a', '1');
    await expect(reader.fetchPackage('a', '2')).rejects.toThrow('a version 2 is not signed');
  });
});

describe('the settings of signing', () => {
  it('come from the environment, and name no empty file', () => {
    expect(readEnvironment({})).toMatchObject({ signingKey: null, trustedKeys: [] });
    expect(readEnvironment({ INCUMBENT_TRUSTED_KEYS: 'a.pub, b.pub' }).trustedKeys).toEqual(['a.pub', 'b.pub']);
    expect(() => readEnvironment({ INCUMBENT_TRUSTED_KEYS: 'a.pub,' })).toThrow('INCUMBENT_TRUSTED_KEYS is "a.pub,"');
  });

  it('leave signing off by default', async () => {
    const off = { signingKey: null, trustedKeys: [] };
    expect(await readWriterTrust(off)).toBe(noTrust);
    expect(await readReaderTrust(off)).toEqual(noTrust);
  });

  it('refuse a writer whose versions every reader would refuse', async () => {
    const folder = await temporaryFolder();
    const [own, other] = await Promise.all(['own', 'other'].map((name) => makeKeyPair(join(folder, name))));
    const trustedKeys = [other!.publicFile];
    await expect(readWriterTrust({ signingKey: null, trustedKeys })).rejects.toThrow('set INCUMBENT_SIGNING_KEY here');
    const signingKey = own!.privateFile;
    await expect(readWriterTrust({ signingKey, trustedKeys })).rejects.toThrow('is not among the trusted keys');
    const trust = await readWriterTrust({ signingKey, trustedKeys: [...trustedKeys, own!.publicFile] });
    expect(trust.signer?.keyId).toBe(own!.keyId);
    expect((await readWriterTrust({ signingKey, trustedKeys: [] })).signer?.keyId).toBe(own!.keyId);
  });
});

describe('a seal', () => {
  it('takes the place of an earlier one, and of its signature', async () => {
    const directory = await makePackage();
    const { privateFile, publicFile } = await makeKeyPair(await temporaryFolder());
    const first = await sealPackage(directory, 'a', await readSigner(privateFile));
    const manifestSha256 = await sealPackage(directory, 'b', null);
    expect(manifestSha256).not.toBe(first);
    await verifyPackage(directory, { model: 'b', version: '1', manifestSha256 }, noTrust);
    const trust = await readReaderTrust({ signingKey: null, trustedKeys: [publicFile] });
    const unsigned = verifyPackage(directory, { model: 'b', version: '1', manifestSha256 }, trust);
    await expect(unsigned).rejects.toThrow('b version 1 is not signed');
  });

  it('of one model does not do for another', async () => {
    const directory = await makePackage();
    const manifestSha256 = await sealPackage(directory, 'a', null);
    const elsewhere = verifyPackage(directory, { model: 'b', version: '1', manifestSha256 }, noTrust);
    await expect(elsewhere).rejects.toThrow('was made for the model "a"');
  });

  it('is refused to a package that has links, and is missed when it is gone', async () => {
    const directory = await makePackage();
    const manifestSha256 = await sealPackage(directory, 'a', null);
    await symlink('/etc/hostname', join(directory, 'link'));
    await expect(sealPackage(directory, 'a', null)).rejects.toThrow('link in');
    const bare = await temporaryFolder();
    const sealed = { model: 'a', version: '1', manifestSha256 };
    await expect(verifyPackage(bare, sealed, noTrust)).rejects.toThrow('manifest.json has gone missing');
  });

  it('is not carried over to the next version of the same files', async () => {
    const root = await temporaryFolder();
    const { privateFile } = await makeKeyPair(await temporaryFolder());
    const signer = await readSigner(privateFile);
    const signed = await openEmbeddedRegistry({ directory: root, trust: { signer, trustedKeys: [] } });
    const packageDirectory = await makePackage();
    await signed.register({ model: 'a', idempotencyKey: '1', packageDirectory, tags: {} });
    const copy = await makePackage('other');
    const first = await signed.fetchPackage('a', '1');
    await copyFile(join(first, 'manifest.signature.json'), join(copy, 'manifest.signature.json'));
    const unsigned = await openEmbeddedRegistry({ directory: root });
    await unsigned.register({ model: 'a', idempotencyKey: '2', packageDirectory: copy, tags: {} });
    const second = await unsigned.fetchPackage('a', '2');
    await expect(stat(join(second, 'manifest.signature.json'))).rejects.toThrow('ENOENT');
  });
});
