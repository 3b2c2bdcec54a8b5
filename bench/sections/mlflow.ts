import { alternate, type Subject } from '../alternate.ts';
import { startServers, type Servers } from '../mlflow-servers.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn, type Measurement } from '../processes.ts';
import { formatFigure, median, type Row, type Section } from '../report.ts';

const calls = { real: 200, instant: 2_000 };
const mostOverhead = 1.2;
const leastSpeed = 0.8;

/** What mlflow-js-client costs beside bare fetch, and how fast it moves files beside curl. */
export async function measureMlflow({ runs }: BenchOptions): Promise<Section> {
  const servers = await startServers();
  try {
    const subjects = listSubjects(servers);
    const measurements = await alternate(subjects, runs);
    const overheads = subjects.map(({ name }, index) => ({ name, values: measurements[index]!.map(timesOfPeer) }));
    return {
      title: 'MLflow client',
      setting:
        'mlflow-js-client against bare fetch on the same calls and against curl on the same 100 MB, in turn within a process (medians of a process); a real MLflow server of ' +
        'one worker, and one of node:http that answers the same bytes at once. The client hashes what it moves, curl does not. CPU is that of the calling process.',
      rows: subjects.flatMap(({ name }, index) => rowsOfSubject(name, measurements[index]!)),
      findings: overheads.map(({ name, values }) => describeRatio(name, median(values))),
    };
  } finally {
    await servers.stop();
  }
}

function listSubjects({ real, instant, run }: Servers): readonly Subject[] {
  const call = (kind: string, where: 'real' | 'instant') => {
    const url = where === 'real' ? real : instant;
    return () => measureOwn('mlflow-calls', url, kind, run.runId, String(calls[where]));
  };
  const move = (direction: string) => () => measureOwn('mlflow-artifact', real, direction, run.artifactUri);
  return [
    { name: 'log 10 metrics', measure: call('log', 'real') },
    { name: 'get a run', measure: call('get', 'real') },
    { name: 'log 10 metrics, answered at once', measure: call('log', 'instant') },
    { name: 'get a run, answered at once', measure: call('get', 'instant') },
    { name: 'upload 100 MB', measure: move('upload') },
    { name: 'download 100 MB', measure: move('download') },
  ];
}

const timesOfPeer = ({ seconds, peer }: Measurement): number => seconds / (peer?.seconds ?? Number.NaN);

function rowsOfSubject(name: string, measured: readonly Measurement[]): readonly Row[] {
  const ms = (unit: string, who: string, values: readonly (number | undefined)[]): Row[] =>
    values.some((value) => value === undefined)
      ? []
      : [{ name: `${name}: ${who}`, unit, values: values.map((value) => 1_000 * (value ?? Number.NaN)) }];
  return [
    ...ms(
      'ms',
      'client',
      measured.map(({ seconds }) => seconds),
    ),
    ...ms(
      'ms',
      'peer',
      measured.map(({ peer }) => peer?.seconds),
    ),
    ...ms(
      'ms of CPU',
      'client',
      measured.map(({ cpuSeconds }) => cpuSeconds),
    ),
    ...ms(
      'ms of CPU',
      'peer',
      measured.map(({ peer }) => peer?.cpuSeconds),
    ),
    { name: `${name}: time of the client by the peer's`, unit: '×', values: measured.map(timesOfPeer) },
  ];
}

function describeRatio(name: string, times: number): string {
  if (name.includes('MB'))
    return `${name}: ${formatFigure(1 / times)} of curl's speed; at least ${leastSpeed} is wanted.`;
  if (name.includes('at once'))
    return `${name}: ${formatFigure(times)} times bare fetch, where the server's time is next to nothing.`;
  return `${name}: ${formatFigure(times)} times bare fetch; at most ${mostOverhead} is wanted.`;
}
