import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { announceRunning, claimHome, findRunning, forgetRunning } from '../../../client/start/home.ts';
import { freePort } from '../../../client/start/ports.ts';
import { temporaryFolder } from '../../support/folders.ts';

const running = {
  pid: process.ppid,
  model: 'prices',
  temporalAddress: '127.0.0.1:1',
  uiUrl: 'http://127.0.0.1:2',
  serviceUrl: 'http://127.0.0.1:3',
  mlflowUrl: null,
};
/** Above what any system gives out. */
const noPid = 2 ** 30;

describe('freePort', () => {
  it('takes another port where the preferred one is in use, and the preferred one when it is free again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    expect(await freePort(address.port)).not.toBe(address.port);
    server.close();
    await once(server, 'close');
    expect(await freePort(address.port)).toBe(address.port);
  });
});

describe('a home', () => {
  it('that is in use by a live process is refused with its Web UI and what to do', async () => {
    const home = await temporaryFolder();
    await claimHome(home);
    await announceRunning(home, running);
    expect(await findRunning(home)).toEqual(running);
    await expect(claimHome(home)).rejects.toThrow(
      `${home} is in use by process ${process.ppid} (http://127.0.0.1:2): stop it, or choose another --home`,
    );
    await forgetRunning(home);
    expect(await findRunning(home)).toBeNull();
  });

  it('that a killed process left is free', async () => {
    const home = await temporaryFolder();
    await claimHome(home);
    await announceRunning(home, { ...running, pid: noPid });
    expect(await findRunning(home)).toBeNull();
    await claimHome(home);
  });

  it.each(['', '{"pid": 1', '{"pid": "one"}'])('whose word of itself is torn (%j) is free', async (text) => {
    const home = await temporaryFolder();
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'incumbent.json'), text);
    expect(await findRunning(home)).toBeNull();
  });
});
