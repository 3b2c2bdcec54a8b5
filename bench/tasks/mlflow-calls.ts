import { createMlflowClient } from 'mlflow-js-client';
import { startClock, type Took } from '../clock.ts';
import { median } from '../report.ts';
import type { Task } from '../task.ts';

const metricsPerBatch = 10;
/** Calls before the first that counts: they open the connection, and code is compiled. */
const warmUpCalls = 100;

type Call = () => Promise<unknown>;

/** One kind of call by the client and by bare fetch in turn, in one process; medians of a call. `log` writes 10 metrics, `get` reads the run. */
export const mlflowCalls: Task = async (url = '', kind = '', runId = '', calls = '0') => {
  const client = createMlflowClient({ trackingUri: url });
  const metrics = Array.from({ length: metricsPerBatch }, (_, index) => ({
    key: `metric ${index}`,
    value: index / 7,
    timestamp: index,
    step: index,
  }));
  const pairs: Readonly<Record<string, readonly [Call, Call]>> = {
    log: [() => client.runs.logBatch(runId, { metrics }), () => bareLog(url, { run_id: runId, metrics })],
    get: [() => client.runs.get(runId), () => bareGet(url, runId)],
  };
  const [own, bare] = pairs[kind]!;
  const [ownTook, bareTook]: [Took[], Took[]] = [[], []];
  for (let call = -warmUpCalls; call < Number(calls); call += 1) {
    const inTurn: readonly [Call, Took[]][] = [
      [own, ownTook],
      [bare, bareTook],
    ];
    for (const [send, took] of call % 2 === 0 ? inTurn : inTurn.toReversed()) {
      const stop = startClock();
      await send();
      if (call >= 0) took.push(stop());
    }
  }
  return { ...medianCall(ownTook), peer: medianCall(bareTook) };
};

function medianCall(took: readonly Took[]): Took {
  return {
    seconds: median(took.map(({ seconds }) => seconds)),
    cpuSeconds: median(took.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

async function bareLog(url: string, body: unknown): Promise<unknown> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return await toJson(await fetch(`${url}/api/2.0/mlflow/runs/log-batch`, init));
}

async function bareGet(url: string, runId: string): Promise<unknown> {
  return await toJson(await fetch(`${url}/api/2.0/mlflow/runs/get?run_id=${runId}`));
}

async function toJson(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
