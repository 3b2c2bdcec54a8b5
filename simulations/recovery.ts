import type { PolicyReport } from '../backtest/play.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { playStream, type DrawnStream } from './play-stream.ts';
import type { Scale, Simulated } from './report.ts';

const blockRows = 250;
const firstRows = 4_000;
/** Share of labels that are turned round. */
const noise = 0.1;

/** The world changes at `change`, at once or over `overRows`. */
interface Change {
  readonly rows: number;
  readonly change: number;
}

type Concept = (values: readonly [number, number, number], row: number) => boolean;

function streamOf(name: string, { rows }: Change, concept: Concept, noiseAt: (row: number) => number): DrawnStream {
  return {
    name,
    rows,
    draw: (row, rng) => {
      const values = [10 * rng(), 10 * rng(), 10 * rng()] as const;
      const label = concept([...values], row) !== rng() < noiseAt(row);
      return [...values, label ? 1 : 0];
    },
  };
}

/** The SEA concepts (Street & Kim 2001): two of three features together below a threshold, which jumps. */
function seaAbrupt(change: Change): DrawnStream {
  const threshold = (row: number): number => (row < change.change ? 7 : 9.5);
  return streamOf(
    'SEA, 7 to 9.5',
    change,
    ([a, b], row) => a + b <= threshold(row),
    () => noise,
  );
}

/** A hyperplane through the middle of the features (Hulten, Spencer & Domingos 2001) that turns by a right angle. */
function hyperplane(name: string, change: Change, overRows: number): DrawnStream {
  const angle = (row: number): number => (Math.PI / 2) * Math.min(1, Math.max(0, (row - change.change) / overRows));
  return streamOf(
    name,
    change,
    ([a, b], row) => Math.cos(angle(row)) * (a - 5) + Math.sin(angle(row)) * (b - 5) > 0,
    () => noise,
  );
}

/** Nothing to learn anew: labels are noisier from the change on, whatever model is asked. */
function harder(change: Change): DrawnStream {
  return streamOf(
    'harder, not different',
    change,
    ([a, b]) => a + b <= 9,
    (row) => (row < change.change ? noise : 3 * noise),
  );
}

/** What a small network on a few thousand rows may stay below what can be attained. */
const shortfall = 0.05;

/** Labels from the change until two blocks together are nearly as right as can be; Infinity where they never are. */
function labelsToRecover({ blocks }: PolicyReport, change: number): number {
  const right = blocks.map(({ quality }) => quality['accuracy'] ?? 0);
  const from = Math.ceil((change - firstRows) / blockRows);
  for (let block = from + 1; block < right.length; block++) {
    if ((right[block - 1]! + right[block]!) / 2 >= 1 - noise - shortfall) return (block + 1 - from) * blockRows;
  }
  return Number.POSITIVE_INFINITY;
}

function retrainingsAfter({ events }: PolicyReport, change: number): number {
  const from = (change - firstRows) / blockRows;
  return events.filter(({ block, kind }) => block > from && kind.startsWith('gate')).length;
}

function meanAccuracy({ blocks }: PolicyReport, fromRow: number): number {
  const counted = blocks.slice(Math.ceil((fromRow - firstRows) / blockRows));
  return counted.reduce((sum, { quality }) => sum + (quality['accuracy'] ?? 0), 0) / counted.length;
}

async function playAll(streams: readonly DrawnStream[], seeds: number): Promise<readonly PolicyReport[]> {
  const reports: PolicyReport[] = [];
  for (const stream of streams) {
    for (let seed = 1; seed <= seeds; seed++) {
      const rng: Rng = createRng(seed);
      reports.push(await playStream(stream, rng, { blockRows, firstRows }));
    }
  }
  return reports;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** How soon the whole default policy is as good as it can be after a change, and what it does where nothing can be done. */
export async function run(scale: Scale): Promise<readonly Simulated[]> {
  const isFull = scale === 'full';
  const seeds = isFull ? 5 : 1;
  const change = isFull ? { rows: 18_000, change: 10_000 } : { rows: 8_000, change: 5_500 };
  const abrupt: Simulated[] = [];
  const turning = hyperplane('hyperplane, turned at once', change, 1);
  for (const stream of isFull ? [seaAbrupt(change), turning] : [turning]) {
    const reports = await playAll([stream], seeds);
    const labels = reports.map((report) => labelsToRecover(report, change.change));
    const name = `${stream.name}: median labels until within five points of the best`;
    abrupt.push({ name, measured: median(labels), promised: '≤ 3,000', holds: median(labels) <= 3_000 });
  }
  return isFull ? [...abrupt, ...(await slowAndHard(change, seeds))] : abrupt;
}

async function slowAndHard(change: Change, seeds: number): Promise<readonly Simulated[]> {
  const overRows = 5_000;
  const gradual = await playAll([hyperplane('hyperplane, turning', change, overRows)], seeds);
  const settled = median(gradual.map((report) => meanAccuracy(report, change.change + overRows)));
  const hard = await playAll([harder(change)], seeds);
  const retrainings = median(hard.map((report) => retrainingsAfter(report, change.change)));
  return [
    {
      name: `hyperplane that turns over ${overRows} rows: accuracy after it has come to rest, of .9`,
      measured: settled,
      promised: '≥ 0.86',
      holds: settled >= 0.86,
    },
    {
      name: `harder, not different: median retrainings in the ${change.rows - change.change} labels after the change`,
      measured: retrainings,
      promised: '≤ 5',
      holds: retrainings <= 5,
    },
  ];
}
