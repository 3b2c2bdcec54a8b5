import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions } from '../options.ts';
import { preparePeers } from '../peers.ts';
import { median, formatFigure, type Row, type Section } from '../report.ts';
import { makeHome, type BenchHome } from '../serving/home.ts';
import type { Load } from '../serving/ask.ts';
import { measureLoad, type Answered } from '../serving/measure-load.ts';
import { drawRows } from '../serving/network.ts';
import {
  questions,
  startFastapi,
  startFloor,
  startIncumbent,
  startMlflow,
  type Question,
  type Server,
} from '../serving/servers.ts';

interface Subject {
  readonly name: string;
  readonly question: Question;
  readonly start: (home: BenchHome) => Promise<Server>;
}

const subjects = {
  own: {
    name: 'Incumbent: durable log, shadow, metrics',
    question: questions.incumbent,
    start: ({ directory }) => startIncumbent(directory),
  },
  floor: { name: 'node:http, a constant answer', question: questions.incumbent, start: startFloor },
  fastapi: {
    name: 'FastAPI with ONNX Runtime',
    question: questions.fastapi,
    start: ({ packageDirectory }) => startFastapi(packageDirectory),
  },
  mlflow: {
    name: 'mlflow models serve',
    question: questions.mlflow,
    start: ({ packageDirectory }) => startMlflow(packageDirectory),
  },
} as const satisfies Readonly<Record<string, Subject>>;

const connections = 100;
const differentRows = 64;
const warmUpMs = 10_000;
const [targetCpu, targetMlflow, targetFastapi] = [35 / 13, 20, 4];

/** One row a request, by the service and by its peers in turn. */
export async function measureServing({ runs, isLong }: BenchOptions): Promise<Section> {
  await preparePeers('serving');
  const home = await makeHome();
  const all: readonly Subject[] = Object.values(subjects);
  const asked = [];
  try {
    for (const subject of all) asked.push(await begin(subject, home));
    // Long enough for the slowest to be warm: what is compiled on the way must not count.
    for (const one of asked) await ask(one, 0, warmUpMs);
    const answered = await inTurn(asked, runs, isLong ? 20_000 : 3_000);
    return report(all, answered);
  } finally {
    for (const { server } of asked) await server.stop();
    await home.remove();
  }
}

interface AskedServer {
  readonly server: Server;
  readonly load: Omit<Load, 'warmUpMs' | 'ms'>;
}

async function begin({ name, question, start }: Subject, home: BenchHome): Promise<AskedServer> {
  const bodies = join(home.directory, `bodies of ${name.slice(0, 7)}.json`);
  await writeFile(bodies, JSON.stringify(drawRows(differentRows, 2).map(question.toBody)));
  const server = await start(home);
  return { server, load: { url: `${server.url}${question.path}`, bodies, connections, rate: null } };
}

/** Short slices one after another, so that what else the machine does falls on all alike. */
async function inTurn(asked: readonly AskedServer[], runs: number, ms: number): Promise<readonly Answered[][]> {
  const answered = asked.map((): Answered[] => []);
  for (let round = 1; round <= runs; round += 1) {
    process.stderr.write(`one row a request: round ${round} of ${runs}\n`);
    for (const [index, one] of asked.entries()) answered[index]!.push(await ask(one, 500, ms));
  }
  return answered;
}

async function ask({ server, load }: AskedServer, before: number, ms: number): Promise<Answered> {
  const found = await measureLoad(server, { ...load, warmUpMs: before, ms });
  if (found.errors > 0) throw new Error(`${found.errors} requests to ${load.url} failed: ${found.firstError}`);
  return found;
}

function report(all: readonly Subject[], answered: readonly Answered[][]): Section {
  return {
    title: 'Prediction service: one row a request',
    setting:
      `MLP 20-64-32-1, ${connections} connections, each asking again as soon as it is answered, from a process apart; all servers are up and warm, and are asked one after another. ` +
      'Processor time is that of the whole server, its threads and the kernel’s work for it included. Only Incumbent logs, scores a second version, and counts.',
    rows: [
      ...rowsOf(all, answered, 'requests/s', ({ perSecond }) => perSecond),
      ...rowsOf(all, answered, 'µs of CPU a request', ({ cpuMicroseconds }) => cpuMicroseconds),
      ...rowsOf(all, answered, 'ms, 99th percentile', ({ p99Ms }) => p99Ms),
    ],
    findings: compare(answered),
  };
}

function rowsOf(
  all: readonly Subject[],
  answered: readonly (readonly Answered[])[],
  unit: string,
  figure: (one: Answered) => number,
): readonly Row[] {
  return all.map(({ name }, index) => ({ name, unit, values: answered[index]!.map(figure) }));
}

/** Medians of each run's own ratios: what else the machine does falls on both sides. */
function compare([own, floor, fastapi, mlflow]: readonly (readonly Answered[])[]): readonly string[] {
  const ratio = (peer: readonly Answered[], figure: (one: Answered) => number): number =>
    median(own!.map((one, run) => figure(one) / figure(peer[run]!)));
  const cpu = ratio(floor!, ({ cpuMicroseconds }) => cpuMicroseconds);
  const speed = (peer: readonly Answered[]): number => ratio(peer, ({ perSecond }) => perSecond);
  const saved = (peer: readonly Answered[]): string => formatFigure(1 / ratio(peer, ({ cpuMicroseconds }) => cpuMicroseconds)); // prettier-ignore
  const against = (name: string, peer: readonly Answered[], target: number): string =>
    `${formatFigure(speed(peer))} times the requests/s of ${name} (target ${target}), which takes ${saved(peer)} times the processor time.`;
  return [
    `${formatFigure(cpu)} times the processor time of a constant answer (target ${formatFigure(targetCpu)}).`,
    against('mlflow models serve', mlflow!, targetMlflow),
    against('FastAPI with ONNX Runtime', fastapi!, targetFastapi),
  ];
}
