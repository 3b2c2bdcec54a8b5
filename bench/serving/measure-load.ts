import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Asked, Load } from './ask.ts';
import type { Server } from './servers.ts';
import { usageOf } from './usage.ts';

export interface Answered extends Asked {
  readonly perSecond: number;
  /** Processor time of the server, a request. */
  readonly cpuMicroseconds: number;
}

/** Asks a server from a process of its own, and looks what that costs the server. */
export async function measureLoad(server: Server, load: Load): Promise<Answered> {
  const child = fork(fileURLToPath(new URL('ask.ts', import.meta.url)), [JSON.stringify(load)], {
    execArgv: ['--import', 'tsx'],
  });
  const died = once(child, 'exit').then(() => Promise.reject(new Error(`whoever asks ${load.url} ended`)));
  died.catch(() => undefined);
  await Promise.race([once(child, 'message'), died]);
  const before = await usageOf(server.group);
  const [asked] = (await Promise.race([once(child, 'message'), died])) as [Asked];
  const after = await usageOf(server.group);
  return {
    ...asked,
    perSecond: asked.answered / asked.seconds,
    cpuMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / asked.answered,
  };
}
