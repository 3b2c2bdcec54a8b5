import { countCategorical, cutCategorical } from '../domain/drift/categorical-histogram.ts';
import { judgeSeparation } from '../domain/drift/classifier-two-sample.ts';
import { judgeDrift, type Windows } from '../domain/drift/judge.ts';
import { countNumeric, cutNumeric } from '../domain/drift/numeric-histogram.ts';
import { normalQuantile } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { rocAuc } from '../domain/outcomes/metrics.ts';
import type { Scale, Simulated } from './report.ts';

type Draw = (rng: Rng) => number;

interface SimulatedColumn {
  readonly name: string;
  readonly draw: Draw;
  readonly isCategorical?: true;
}

const normal =
  (mean = 0, sd = 1): Draw =>
  (rng) =>
    mean + sd * normalQuantile((Math.floor(rng() * 2 ** 20) + 0.5) / 2 ** 20);
const integer =
  (count: number): Draw =>
  (rng) =>
    Math.floor(rng() * count);
const logNormal: Draw = (rng) => Math.exp(2 * normal()(rng));
const zeroInflated: Draw = (rng) => (rng() < 0.9 ? 0 : logNormal(rng));
const mostlyMissing: Draw = (rng) => (rng() < 0.5 ? Number.NaN : normal()(rng));
/** Rank r with probability in proportion to 1/r, by inverting the continuous law. */
const zipf: Draw = (rng) => Math.floor(501 ** rng());
const rarelyTrue: Draw = (rng) => (rng() < 0.02 ? 1 : 0);

/** Columns of every kind that tables have. */
const columns: readonly SimulatedColumn[] = [
  { name: 'normal', draw: normal() },
  { name: 'log-normal', draw: logNormal },
  { name: 'zero-inflated', draw: zeroInflated },
  { name: 'half missing', draw: mostlyMissing },
  { name: 'integers 0–9', draw: integer(10) },
  { name: '10 categories', draw: integer(10), isCategorical: true },
  { name: '500 categories, Zipf', draw: zipf, isCategorical: true },
  { name: 'ids', draw: integer(1e9), isCategorical: true },
  { name: 'boolean', draw: rarelyTrue, isCategorical: true },
];

/** A reference of n rows, and a current window of m rows that is drawn as `changed`. */
function drawWindows(rng: Rng, column: SimulatedColumn, [n, m]: Sizes, changed = column.draw): Windows {
  const reference = Float64Array.from({ length: n }, () => column.draw(rng));
  const current = Float64Array.from({ length: m }, () => changed(rng));
  if (!column.isCategorical) {
    const spec = cutNumeric(reference);
    return { reference: countNumeric(spec, reference), current: countNumeric(spec, current) };
  }
  const [before, after] = [Array.from(reference, String), Array.from(current, String)];
  const spec = cutCategorical(before);
  return { reference: countCategorical(spec, before), current: countCategorical(spec, after) };
}

type Sizes = readonly [n: number, m: number];

/** Share of windows in which the judge calls any of the columns drifted. */
function alarmRate(windows: number, drawTable: (rng: Rng) => readonly Windows[]): number {
  let alarms = 0;
  for (let seed = 0; seed < windows; seed++) {
    const features = drawTable(createRng(seed)).map((table, index) => ({ name: String(index), ...table }));
    alarms += judgeDrift({ features }).verdict.outcome === 'fail' ? 1 : 0;
  }
  return alarms / windows;
}

const level = 0.05;

/** All columns together, corrected for their number, where nothing has changed. */
function falseAlarms([n, m]: Sizes, windows: number): Simulated {
  const measured = alarmRate(windows, (rng) => columns.map((column) => drawWindows(rng, column, [n, m])));
  // What a rate of 5% rarely exceeds in so many windows.
  const limit = level + 3 * Math.sqrt((level * (1 - level)) / windows);
  const name = `windows with a false alarm, ${columns.length} columns, ${m.toLocaleString('en-US')} rows against ${n.toLocaleString('en-US')}`;
  return { name, measured, promised: `≤ ${level}`, holds: measured <= limit };
}

function power(what: string, changed: Draw, sizes: Sizes, windows: number): Simulated {
  const measured = alarmRate(windows, (rng) => [drawWindows(rng, columns[0]!, sizes, changed)]);
  const name = `windows called drifted, ${what}, ${sizes[1].toLocaleString('en-US')} rows`;
  return { name, measured, promised: '≥ 0.95', holds: measured >= 0.95 };
}

/** The classifier two-sample test on scores that know nothing: the worst that a classifier may be. */
function falseSeparations(windows: number): Simulated {
  const rows = 200;
  const told = Array.from({ length: windows }, (_, seed) => {
    const rng = createRng(seed);
    const labels = Uint8Array.from({ length: 2 * rows }, (__, row) => (row < rows ? 0 : 1));
    const scores = Float64Array.from(labels, () => rng());
    const separation = { auc: rocAuc(labels, scores), referenceRows: rows, currentRows: rows };
    return judgeSeparation(separation).outcome === 'fail';
  });
  const measured = told.filter(Boolean).length / windows;
  const limit = 0.01 + 3 * Math.sqrt(0.0099 / windows);
  return { name: 'windows that noise tells apart', measured, promised: '≤ 0.01', holds: measured <= limit };
}

/** Rates of the drift judge on seeded windows: false alarms where nothing changes, and power where something does. */
export function run(scale: Scale): readonly Simulated[] {
  const isFull = scale === 'full';
  const sizes: readonly (readonly [...Sizes, windows: number])[] = isFull
    ? [
        [200, 200, 1_000],
        [1_000, 200, 1_000],
        [1_000, 1_000, 1_000],
        [1_000, 20_000, 200],
        [10_000, 10_000, 200],
        [100_000, 100_000, 40],
        [1_000_000, 1_000_000, 4],
      ]
    : [
        [200, 200, 60],
        [1_000, 1_000, 40],
        [10_000, 10_000, 5],
      ];
  const windows = isFull ? 1_000 : 60;
  return [
    ...sizes.map(([n, m, count]) => falseAlarms([n, m], count)),
    power('mean + 0.5 sd', normal(0.5), [5_000, 200], windows),
    power('mean + 0.2 sd', normal(0.2), [5_000, 1_000], windows),
    power('sd × 1.5', normal(0, 1.5), [5_000, 1_000], windows),
    power('half become missing', mostlyMissing, [5_000, 200], windows),
    falseSeparations(isFull ? 5_000 : 400),
  ];
}
