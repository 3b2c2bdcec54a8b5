import type { BenchOptions } from '../options.ts';
import { formatFigure, median, type Row, type Section } from '../report.ts';
import { mediaTypes, writeBody, type Form } from '../serving/bulk-bodies.ts';
import { makeHome, model } from '../serving/home.ts';
import { startIncumbent, type Server } from '../serving/servers.ts';
import { usageOf } from '../serving/usage.ts';

interface Subject {
  readonly name: string;
  readonly form: Form;
  readonly query: string;
  /** In a short run; a long one has ten times as many, except as JSON, which is read as a whole. */
  readonly rows: number;
}

const onlyOutputs = '?log=false&columns=outputs';
const subjects: readonly Subject[] = [
  { name: 'Arrow, outputs alone', form: 'arrow', query: onlyOutputs, rows: 800_000 },
  { name: 'Arrow', form: 'arrow', query: '?log=false', rows: 40_000 },
  { name: 'CSV', form: 'csv', query: '?log=false', rows: 40_000 },
  { name: 'NDJSON', form: 'ndjson', query: '?log=false', rows: 40_000 },
  { name: 'JSON', form: 'json', query: '?log=false', rows: 40_000 },
  { name: 'Arrow, logged', form: 'arrow', query: '', rows: 40_000 },
  { name: 'NDJSON, logged', form: 'ndjson', query: '', rows: 40_000 },
];
const targetRowsPerSecond = 2e6;
const warmUps = 2;

/** Processes behind one port, each asked by a connection of its own: what two cores give. */
const workers = 2;

interface Taken {
  readonly rowsPerSecond: number;
  readonly rowsPerCpuSecond: number;
}

/** Rows a second by the bulk route, in every form. */
export async function measureServingBulk({ runs, isLong }: BenchOptions): Promise<Section> {
  const home = await makeHome();
  const server = await startIncumbent(home.directory);
  const taken = subjects.map((): Taken[] => []);
  let together: readonly Taken[] = [];
  try {
    const sent = subjects.map(({ form, rows }) => (isLong && form !== 'json' ? 10 * rows : rows));
    for (const [index, subject] of subjects.entries()) {
      process.stderr.write(`bulk: ${subject.name}\n`);
      const body = writeBody(subject.form, sent[index]!);
      for (let run = -warmUps; run < runs; run += 1) {
        const one = await send(server, subject, body, sent[index]!);
        if (run >= 0) taken[index]!.push(one);
      }
    }
    await server.stop();
    together = await measureTogether(home.directory, runs, sent[0]!);
  } finally {
    await server.stop();
    await home.remove();
  }
  const rowsOf = (unit: string, figure: (one: Taken) => number): Row[] =>
    subjects.map(({ name }, index) => ({ name, unit, values: taken[index]!.map(figure) }));
  const ofWorkers = (unit: string, figure: (one: Taken) => number): Row => ({
    name: `${subjects[0]!.name}, ${workers} workers, a connection each`,
    unit,
    values: together.map(figure),
  });
  const fastest = median(taken[0]!.map(({ rowsPerCpuSecond }) => rowsPerCpuSecond));
  return {
    title: 'Prediction service: bulk',
    setting:
      'MLP 20-64-32-1, 20 doubles a row, one request after another of one connection, answers in the form of the rows; one process serves, another asks. ' +
      'Processor time is that of the serving process. Logged rows are on disk before they are answered, with what the version before says.',
    rows: [
      ...rowsOf('rows/s', ({ rowsPerSecond }) => rowsPerSecond),
      ofWorkers('rows/s', ({ rowsPerSecond }) => rowsPerSecond),
      ...rowsOf('rows per second of CPU', ({ rowsPerCpuSecond }) => rowsPerCpuSecond),
      ofWorkers('rows per second of CPU', ({ rowsPerCpuSecond }) => rowsPerCpuSecond),
    ],
    findings: [
      `Outputs alone by Arrow: ${formatFigure(fastest)} rows per second of CPU, ${formatFigure((2 * fastest) / targetRowsPerSecond)} times the target on two whole cores.`,
    ],
  };
}

/** The fastest form from all workers at once; whoever asks takes part of the same cores. */
async function measureTogether(directory: string, runs: number, rows: number): Promise<readonly Taken[]> {
  const subject = subjects[0]!;
  process.stderr.write(`bulk: ${subject.name}, ${workers} workers\n`);
  const server = await startIncumbent(directory, { SERVING_WORKERS: String(workers) });
  const body = writeBody(subject.form, rows);
  const taken: Taken[] = [];
  try {
    for (let run = -warmUps; run < runs; run += 1) {
      const before = await usageOf(server.group);
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: workers }, () => send(server, subject, body, rows)));
      const seconds = (performance.now() - startedMs) / 1_000;
      const cpuSeconds = (await usageOf(server.group)).cpuSeconds - before.cpuSeconds;
      const all = workers * rows;
      if (run >= 0) taken.push({ rowsPerSecond: all / seconds, rowsPerCpuSecond: all / cpuSeconds });
    }
  } finally {
    await server.stop();
  }
  return taken;
}

async function send(server: Server, { form, query }: Subject, body: Uint8Array, rows: number): Promise<Taken> {
  const before = await usageOf(server.group);
  const startedMs = performance.now();
  const response = await fetch(`${server.url}/v1/models/${model}/predict/bulk${query}`, {
    method: 'POST',
    headers: { 'content-type': mediaTypes[form] },
    body: body as Uint8Array<ArrayBuffer>,
  });
  let bytes = 0;
  for await (const chunk of response.body!) bytes += (chunk as Uint8Array).length;
  if (!response.ok || bytes < rows) throw new Error(`${form}${query}: ${response.status}, ${bytes} bytes`);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { cpuSeconds } = await usageOf(server.group);
  return { rowsPerSecond: rows / seconds, rowsPerCpuSecond: rows / (cpuSeconds - before.cpuSeconds) };
}
