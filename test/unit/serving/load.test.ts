import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLoadGate, stepDelay, type LoopDelay } from '../../../serving/operations/load-gate.ts';
import { createModels, goodRow, model, startRig, type Rig } from './support.ts';

const run = promisify(execFile);
const asker = fileURLToPath(new URL('../../support/ask-many.ts', import.meta.url));

/** Keeps the processor busy, as a model does. */
function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** A service whose model works for two milliseconds a request. */
async function startBusy(maxInFlight: number): Promise<{ rig: Rig; url: string }> {
  const models = createModels();
  const rig = await startRig([{}], {
    load: { maxInFlight },
    loadModel: async (directory) => {
      const loaded = await models.load(directory);
      return {
        ...loaded,
        predict(table) {
          work(2);
          return loaded.predict(table);
        },
      };
    },
  });
  const port = await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return { rig, url: `http://127.0.0.1:${port}/v1/models/${model}/predict` };
}

interface Asked {
  readonly status: number;
  readonly tookMs: number;
  readonly retryAfter?: string;
}

async function askMany(url: string, connections: number, questions: number): Promise<readonly Asked[]> {
  const body = JSON.stringify({ rows: [goodRow] });
  const args = ['--import', 'tsx', asker, url, body, String(connections), String(questions)];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 64e6 });
  return JSON.parse(stdout) as readonly Asked[];
}

function medianOf(answers: readonly Asked[]): number {
  const accepted = answers.filter(({ status }) => status === 200).map(({ tookMs }) => tookMs);
  return accepted.toSorted((a, b) => a - b)[Math.floor(accepted.length / 2)] ?? Number.NaN;
}

describe('a service that is asked more than it can answer', () => {
  it('turns some away at once, and answers the others about as soon as when nobody else asks', async () => {
    const guarded = await startBusy(3);
    const open = await startBusy(1_000_000);
    const alone = medianOf(await askMany(guarded.url, 1, 40));
    const crowd = await askMany(guarded.url, 48, 5);
    const unguarded = medianOf(await askMany(open.url, 48, 5));
    const refused = crowd.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 1']));
    // Without the gate everybody waits for 48 answers; with it for three, and for the refusals of the others.
    expect(medianOf(crowd) / alone).toBeLessThan(unguarded / alone / 2);
  });

  it('counts whom it turned away, and takes requests on again when the others have been answered', async () => {
    const { rig, url } = await startBusy(1);
    const answers = await askMany(url, 8, 3);
    const refused = answers.filter(({ status }) => status === 503).length;
    expect(refused).toBeGreaterThan(0);
    const text = (await rig.service.app.inject('/metrics')).body;
    expect(text).toContain(`incumbent_requests_shed_total{reason="full"} ${refused}`);
    expect(text).toContain('incumbent_requests_in_flight 0');
    expect((await askMany(url, 1, 1)).map(({ status }) => status)).toEqual([200]);
  });

  it('goes on telling probes and scrapers how it fares', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((done) => (answer = done));
    const rig = await startRig([{}], { load: { maxInFlight: 1 } });
    const { appendPredictions } = rig.log;
    Object.assign(rig.log, {
      appendPredictions: async (...args: Parameters<typeof appendPredictions>) => {
        await answered;
        await appendPredictions(...args);
      },
    });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const { app } = rig.service;
    const predict = () =>
      app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload: { rows: [goodRow] } });
    const first = predict();
    await sleep(5);
    const second = await predict();
    expect([second.statusCode, second.json<{ error: { code: string } }>().error.code]).toEqual([503, 'overloaded']);
    for (const url of ['/health', '/ready', '/metrics', `/v1/models/${model}`]) {
      expect((await app.inject(url)).statusCode).toBe(200);
    }
    answer();
    expect((await first).statusCode).toBe(200);
    expect((await predict()).statusCode).toBe(200);
  });
});

describe('the delay of the event loop', () => {
  it('shuts the door when it has been long for a while, and opens it when it has halved', () => {
    const measured = [0, 100, 100, 100, 100, 60, 60, 60, 60, 60, 0, 0, 0];
    const seen: LoopDelay[] = [];
    for (const ms of measured) seen.push(stepDelay(seen.at(-1) ?? { delayMs: 0, isLate: false }, ms, 70));
    const late = seen.map(({ isLate }) => isLate);
    expect(late.indexOf(true)).toBe(4);
    expect(late.lastIndexOf(true)).toBe(10);
    expect(late.slice(4, 11).every(Boolean)).toBe(true);
  });

  it('never shuts it when it stays below the limit, and never keeps it shut when it stays below half', () => {
    const delays = (max: number) => fc.array(fc.double({ min: 0, max, noNaN: true }), { minLength: 30, maxLength: 60 });
    const end = (list: readonly number[], from: LoopDelay) =>
      list.reduce((delay, ms) => stepDelay(delay, ms, 100), from);
    fc.assert(
      fc.property(delays(100), delays(49), (below, half) => {
        expect(end(below, { delayMs: 0, isLate: false }).isLate).toBe(false);
        expect(end(half, { delayMs: 400, isLate: true }).isLate).toBe(false);
      }),
    );
  });

  it('is that of the real loop', async () => {
    const gate = createLoadGate({ maxInFlight: 32, maxDelayMs: 30, everyMs: 5 });
    onTestFinished(() => gate.stop());
    await sleep(20);
    expect([gate.tryEnter(), gate.tryEnter()]).toEqual([null, null]);
    while (gate.tryEnter() !== 'late') {
      gate.leave();
      work(100);
      await sleep(6);
    }
    while (gate.tryEnter() === 'late') await sleep(5);
    expect(gate.delayMs()).toBeLessThanOrEqual(30);
  });
});
