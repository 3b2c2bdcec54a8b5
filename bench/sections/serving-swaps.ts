import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions } from '../options.ts';
import { formatFigure, type Section } from '../report.ts';
import { makeHome, model, type BenchHome } from '../serving/home.ts';
import { measureLoad, type Answered } from '../serving/measure-load.ts';
import { drawRows } from '../serving/network.ts';
import { questions, startIncumbent, type Server } from '../serving/servers.ts';

const rate = 1_000;
const connections = 50;
const swapEveryMs = 1_000;

/** Requests at a fixed rate while the champion changes every second: none may fail. */
export async function measureServingSwaps({ isLong }: BenchOptions): Promise<Section> {
  const home = await makeHome();
  const server = await startIncumbent(home.directory);
  const stopping = new AbortController();
  try {
    const bodies = join(home.directory, 'bodies.json');
    await writeFile(bodies, JSON.stringify(drawRows(64, 2).map(questions.incumbent.toBody)));
    const swapping = swap(home, server, stopping.signal);
    const ms = isLong ? 60_000 : 10_000;
    const url = `${server.url}${questions.incumbent.path}`;
    const answered = await measureLoad(server, { url, bodies, connections, rate, warmUpMs: 3_000, ms });
    stopping.abort();
    return report(answered, await swapping);
  } finally {
    stopping.abort();
    await server.stop();
    await home.remove();
  }
}

/** Changes the champion as long as it may; how often the service followed. */
async function swap({ registry }: BenchHome, { url }: Server, signal: AbortSignal): Promise<number> {
  const serving = async (): Promise<string> =>
    ((await (await fetch(`${url}/v1/models/${model}`)).json()) as { serving: string }).serving;
  let [swaps, before] = [0, await serving()];
  while (!signal.aborted) {
    await registry.setAlias(model, 'champion', before === '1' ? '2' : '1');
    await sleep(swapEveryMs);
    const now = await serving();
    if (now !== before) swaps += 1;
    before = now;
  }
  return swaps;
}

function report({ answered, errors, firstError, seconds, medianMs, p99Ms }: Answered, swaps: number): Section {
  const row = (name: string, unit: string, value: number) => ({ name, unit, values: [value] });
  return {
    title: 'Prediction service: swaps under load',
    setting: `${formatFigure(rate)} requests a second for ${formatFigure(seconds)} s, one row each, durable log and shadow on; the champion changes every second. Times are from when a request was due.`,
    rows: [
      row('answered', 'requests', answered),
      row('failed', 'requests', errors),
      row('swaps, warm-up included', 'swaps', swaps),
      row('answer', 'ms, median', medianMs),
      row('answer', 'ms, 99th percentile', p99Ms),
    ],
    findings: [errors === 0 ? 'No request failed.' : `${errors} requests failed, the first with ${firstError}.`],
  };
}
