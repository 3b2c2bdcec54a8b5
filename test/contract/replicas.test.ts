import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openReplicas } from '../../adapters/replicas/http-replicas.ts';
import { startHeartbeat } from '../../adapters/replicas/write-heartbeat.ts';
import { writeCertificate } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startSecured } from '../unit/serving/secured.ts';
import { model, startRig } from '../unit/serving/support.ts';

async function beat(directory: string, changes: object = {}): Promise<void> {
  await mkdir(directory, { recursive: true });
  const heartbeat = {
    replicaId: 'r1',
    url: 'http://127.0.0.1:9',
    host: hostname(),
    pid: process.pid,
    atMs: Date.now(),
  };
  const whole = { ...heartbeat, ...changes };
  await writeFile(join(directory, `${whole.replicaId}.json`), JSON.stringify(whole));
}

/** A service with a champion and a version before it, whose heart beats in the folder. */
async function startReplica(directory: string): Promise<string> {
  const { service } = await startRig([{}, { goldenDifference: 1e-7 }]);
  const url = `http://127.0.0.1:${await service.listen({ host: '127.0.0.1', port: 0 })}`;
  await beat(directory, { url });
  return url;
}

/** A server that gives one answer to everything. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL that nobody listens at. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}

describe('the living replicas', () => {
  it('are none where none has ever beaten', async () => {
    const directory = join(await temporaryFolder(), 'replicas');
    expect(await openReplicas({ directory }).list(model)).toEqual([]);
  });

  it('say what they have loaded and what serves', async () => {
    const directory = await temporaryFolder();
    const url = await startReplica(directory);
    expect(await openReplicas({ directory }).list(model)).toMatchObject([
      {
        replicaId: 'r1',
        url,
        serving: '1',
        canary: null,
        problem: null,
        loaded: [
          { version: '1', role: 'champion', loadedAtMs: expect.any(Number) as number, goldenMaxDifference: 0 },
          { version: '2', role: 'previous', loadedAtMs: expect.any(Number) as number, goldenMaxDifference: 1e-7 },
        ],
      },
    ]);
  });

  it('replay golden rows when they are asked to', async () => {
    const directory = await temporaryFolder();
    await startReplica(directory);
    const replicas = openReplicas({ directory });
    const [replica] = await replicas.list(model);
    if (replica === undefined) throw new Error('the replica is gone');
    expect(await replicas.verifyGolden(replica, model, '2')).toBe(1e-7);
    await expect(replicas.verifyGolden(replica, model, '9')).rejects.toThrow('version 9 of electricity is not loaded');
  });

  it('leave out one that serves other models only', async () => {
    const directory = await temporaryFolder();
    await startReplica(directory);
    expect(await openReplicas({ directory }).list('flights')).toEqual([]);
  });

  it('leave out one whose heartbeat is stale, whose process is dead, and files that are no heartbeats', async () => {
    const directory = await temporaryFolder();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    await beat(directory, { replicaId: 'stale', atMs: Date.now() - 6_000 });
    await beat(directory, { replicaId: 'dead', pid: dead });
    await writeFile(join(directory, 'torn.json'), '{"replicaId": "to');
    await writeFile(join(directory, 'r2.json.tmp'), '{}');
    expect(await openReplicas({ directory }).list(model)).toEqual([]);
  });

  it('count one on another host, whose processes can’t be seen from here', async () => {
    const directory = await temporaryFolder();
    await startReplica(directory);
    const text = await readFile(join(directory, 'r1.json'), 'utf8');
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    await beat(directory, { ...(JSON.parse(text) as object), host: 'elsewhere', pid: dead });
    expect(await openReplicas({ directory }).list(model)).toHaveLength(1);
  });

  it.each([
    ['does not answer', nobody, /replica r7 does not answer at .*ECONNREFUSED/],
    ['answers an error', () => answering(500, 'out of memory'), /replica r7 answered 500 at .*: out of memory/],
    ['answers something else', () => answering(200, '<html>'), /replica r7 answered 200 at .*: <html>/],
  ])('are not known when one that beats its heart %s', async (_name, start, message) => {
    const directory = await temporaryFolder();
    await beat(directory, { replicaId: 'r7', url: await start() });
    await expect(openReplicas({ directory }).list(model)).rejects.toThrow(message);
  });

  it('are not known when one does not answer in time', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    const directory = await temporaryFolder();
    await beat(directory, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(openReplicas({ directory, timeoutMs: 50 }).list(model)).rejects.toThrow('replica r1 does not answer');
  });
});

describe('replicas that are locked', () => {
  async function startLocked() {
    const folder = await temporaryFolder();
    const { certPath, keyPath, cert } = await writeCertificate(folder);
    const environment = { INCUMBENT_AUTH: 'keys', INCUMBENT_TLS_CERT: certPath, INCUMBENT_TLS_KEY: keyPath };
    const rig = await startSecured(environment);
    const url = `https://127.0.0.1:${await rig.service.listen({ host: '127.0.0.1', port: 0 })}`;
    const directory = await temporaryFolder();
    await beat(directory, { url, certificate: cert });
    return { directory, securityDirectory: rig.directory, url };
  }

  it('answer who can read the home’s secret, over TLS with a certificate of their own', async () => {
    const replicas = openReplicas(await startLocked());
    const [replica] = await replicas.list(model);
    expect(replica).toMatchObject({ serving: '1' });
    expect(await replicas.verifyGolden(replica!, model, '2')).toBe(1e-7);
  });

  it('refuse who has the secret of another home, or none', async () => {
    const { directory } = await startLocked();
    const others = join(await temporaryFolder(), 'security');
    const message = /replica r1 answered 401 at .*does it run on the same home directory/;
    await expect(openReplicas({ directory, securityDirectory: others }).list(model)).rejects.toThrow(message);
    await expect(openReplicas({ directory }).list(model)).rejects.toThrow(message);
  });

  it('are not told the secret when they show another certificate than the heartbeat says', async () => {
    const { directory, securityDirectory, url } = await startLocked();
    const { cert } = await writeCertificate(await temporaryFolder());
    await beat(directory, { url, certificate: cert });
    await expect(openReplicas({ directory, securityDirectory }).list(model)).rejects.toThrow(
      /replica r1 does not answer/,
    );
  });
});

describe('a heartbeat', () => {
  const url = 'http://127.0.0.1:9';
  const onError = (error: unknown): never => {
    throw error;
  };

  it('is rewritten while the replica lives, and gone when it stops', async () => {
    const directory = join(await temporaryFolder(), 'replicas');
    const heartbeat = await startHeartbeat({ directory, replicaId: 'r1', url, everyMs: 5, onError });
    const read = async () => JSON.parse(await readFile(join(directory, 'r1.json'), 'utf8')) as { atMs: number };
    const first = await read();
    while ((await read()).atMs === first.atMs);
    expect(first).toMatchObject({ replicaId: 'r1', url, pid: process.pid });
    await heartbeat.stop();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is refused while a living process has the same id, not after it died', async () => {
    const directory = await temporaryFolder();
    await beat(directory, { pid: process.ppid });
    const start = () => startHeartbeat({ directory, replicaId: 'r1', url, onError });
    await expect(start()).rejects.toThrow(`replica r1 already runs as process ${process.ppid}`);
    await beat(directory, { pid: spawnSync(process.execPath, ['-e', '']).pid });
    await (await start()).stop();
  });
});
