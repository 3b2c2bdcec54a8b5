import type { BenchOptions } from '../options.ts';
import { formatFigure, type Row, type Section } from '../report.ts';
import { mediaTypes, writeBody } from '../serving/bulk-bodies.ts';
import { makeHome, model } from '../serving/home.ts';
import { drawRows } from '../serving/network.ts';
import { questions, startIncumbent, type Server } from '../serving/servers.ts';
import { usageOf } from '../serving/usage.ts';

const rowsARequest = 20_000;
const singlesBetween = 50;

/** Memory of the service over many predictions, all of them logged. */
export async function measureServingMemory({ isLong }: BenchOptions): Promise<Section> {
  const home = await makeHome();
  const server = await startIncumbent(home.directory);
  const most = isLong ? 10_000_000 : 1_000_000;
  const rows: Row[] = [];
  try {
    const body = writeBody('ndjson', rowsARequest);
    const note = async (made: number): Promise<number> => {
      const { residentBytes } = await usageOf(server.group);
      rows.push({ name: `after ${formatFigure(made)} predictions`, unit: 'MB', values: [residentBytes / 1e6] });
      process.stderr.write(`${made} predictions: ${formatFigure(residentBytes / 1e6)} MB\n`);
      return residentBytes;
    };
    await predict(server, body);
    await note(rowsARequest);
    let [tenth, last] = [0, 0];
    for (let made = rowsARequest; made < most;) {
      await predict(server, body);
      made += rowsARequest;
      if (made % (most / 10) !== 0) continue;
      last = await note(made);
      tenth ||= last;
    }
    return report(rows, last / tenth);
  } finally {
    await server.stop();
    await home.remove();
  }
}

/** Many rows at once, then some one by one. */
async function predict({ url }: Server, body: Uint8Array): Promise<void> {
  await post(`${url}/v1/models/${model}/predict/bulk`, mediaTypes.ndjson, body);
  for (const row of drawRows(singlesBetween, 4)) {
    const text = JSON.stringify(questions.incumbent.toBody(row));
    await post(`${url}${questions.incumbent.path}`, mediaTypes.json, Buffer.from(text));
  }
}

async function post(url: string, type: string, body: Uint8Array): Promise<void> {
  const request = { method: 'POST', headers: { 'content-type': type }, body: body as Uint8Array<ArrayBuffer> };
  const response = await fetch(url, request);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

function report(rows: readonly Row[], growth: number): Section {
  return {
    title: 'Prediction service: memory',
    setting: `Resident memory of the serving process; ${formatFigure(rowsARequest)} rows a bulk request as NDJSON and ${singlesBetween} single requests after each, all logged durably, segments sealed into Parquet meanwhile.`,
    rows,
    findings: [`Ten times the predictions take ${formatFigure(growth)} times the memory.`],
  };
}
