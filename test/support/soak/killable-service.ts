import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../client/start/ports.ts';
import { killHard } from '../processes.ts';

/** A service that comes back at the same address however it ended. */
export interface KillableService {
  readonly url: string;
  /** Counts the restarts. */
  generation(): number;
  isUp(): boolean;
  /** By SIGKILL, or told to stop and waited for. */
  restart(how: 'killed' | 'told'): Promise<void>;
  stop(): Promise<void>;
}

export interface KillableOptions {
  readonly home: string;
  /** Its clock jumps by up to so much, in either direction, every few seconds; 0 leaves it alone. */
  readonly jumpMs: number;
}

export async function startKillable(options: KillableOptions): Promise<KillableService> {
  const port = await freePort(0);
  let [generation, isUp] = [0, true];
  let child = await startService(options, port);
  const end = async (how: 'killed' | 'told'): Promise<void> => {
    if (how === 'killed') return await killHard(child);
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    generation: () => generation,
    isUp: () => isUp,
    async restart(how) {
      isUp = false;
      generation += 1;
      await end(how);
      child = await startService(options, port);
      isUp = true;
    },
    stop: () => end('told'),
  };
}

async function startService({ home, jumpMs }: KillableOptions, port: number): Promise<ChildProcess> {
  const clock = fileURLToPath(new URL('./jumping-clock.mjs', import.meta.url));
  const child = fork(fileURLToPath(new URL('../../../serving/main.ts', import.meta.url)), [], {
    execArgv: ['--import', clock, '--import', 'tsx'],
    env: {
      ...process.env,
      INCUMBENT_HOME: home,
      INCUMBENT_REPLICA_ID: 'r1',
      INCUMBENT_POLL_MS: '250',
      SOAK_JUMP_MS: String(jumpMs),
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the service ended before it listened'))),
  ]);
  return child;
}
