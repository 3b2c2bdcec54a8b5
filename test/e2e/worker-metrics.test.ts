import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../client/start/ports.ts';
import { startDevServer } from '../support/dev-server.ts';
import { temporaryFolder } from '../support/folders.ts';
import { killHard } from '../support/processes.ts';

async function scrape(url: string): Promise<string> {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok === true ? await answer.text() : '';
}

describe('a worker', () => {
  it('tells Prometheus of its queues and its slots where it is given an address', async () => {
    const env = await startDevServer();
    const metrics = `127.0.0.1:${await freePort(0)}`;
    const worker = fork(fileURLToPath(new URL('../../worker.ts', import.meta.url)), [], {
      execArgv: ['--import', 'tsx'],
      env: {
        ...process.env,
        INCUMBENT_HOME: await temporaryFolder(),
        INCUMBENT_METRICS_ADDRESS: metrics,
        TEMPORAL_ADDRESS: env.address,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    onTestFinished(() => killHard(worker));
    const slots = (queue: string): RegExp =>
      new RegExp(
        `temporal_worker_task_slots_available\\{[^}]*task_queue="${queue}",worker_type="ActivityWorker"\\} [1-9]`,
      );
    let text = '';
    // They are told one after the other, as the queues are polled.
    while (!slots('control').test(text) || !slots('training').test(text)) {
      await sleep(100);
      text = await scrape(`http://${metrics}/metrics`);
    }
    expect(text).toContain('temporal_worker_start{');
  });
});
