/**
 * Error rates of the drift judge on seeded windows: false alarms where nothing changes, and power where something does.
 * Run: node --import tsx bench/simulate-drift.ts [windows per cell, default 400]
 */
import { countCategorical, cutCategorical } from '../domain/drift/categorical-histogram.ts';
import { judgeDrift } from '../domain/drift/judge.ts';
import type { Windows } from '../domain/drift/judge.ts';
import { countNumeric, cutNumeric } from '../domain/drift/numeric-histogram.ts';
import { normalQuantile } from '../domain/math/normal.ts';
import { createRng } from '../domain/math/rng.ts';
import { initialAdwin, scanAdwin } from '../domain/outcomes/adwin.ts';

type Draw = (rng: () => number) => number;
type Column = { readonly name: string; readonly draw: Draw; readonly isCategorical?: true };

const normal =
  (mean: number, sd = 1): Draw =>
  (rng) =>
    mean + sd * normalQuantile((Math.floor(rng() * 2 ** 20) + 0.5) / 2 ** 20);
const logNormal: Draw = (rng) => Math.exp(2 * normal(0)(rng));
const integer =
  (count: number): Draw =>
  (rng) =>
    Math.floor(rng() * count);
/** Rank r with probability in proportion to 1/r, by inverting the continuous law. */
const zipf =
  (count: number): Draw =>
  (rng) =>
    Math.floor((count + 1) ** rng());
const bernoulli =
  (p: number): Draw =>
  (rng) =>
    rng() < p ? 1 : 0;
const zeroInflated: Draw = (rng) => (rng() < 0.9 ? 0 : logNormal(rng));
const mostlyMissing: Draw = (rng) => (rng() < 0.5 ? NaN : normal(0)(rng));

const still: readonly Column[] = [
  { name: 'normal', draw: normal(0) },
  { name: 'log-normal', draw: logNormal },
  { name: 'zero-inflated', draw: zeroInflated },
  { name: 'half missing', draw: mostlyMissing },
  { name: 'integers 0–9', draw: integer(10) },
  { name: '10 categories', draw: integer(10), isCategorical: true },
  { name: '100 categories', draw: integer(100), isCategorical: true },
  { name: '500 categories, Zipf', draw: zipf(500), isCategorical: true },
  { name: 'ids', draw: integer(1e9), isCategorical: true },
  { name: 'boolean', draw: bernoulli(0.02), isCategorical: true },
];

function drawWindows(seed: number, column: Column, n: number, m: number, changed: Draw = column.draw): Windows {
  const rng = createRng(seed);
  const reference = Array.from({ length: n }, () => column.draw(rng));
  const current = Array.from({ length: m }, () => changed(rng));
  if (column.isCategorical) {
    const spec = cutCategorical(reference.map(String));
    return {
      reference: countCategorical(spec, reference.map(String)),
      current: countCategorical(spec, current.map(String)),
    };
  }
  const spec = cutNumeric(reference);
  return { reference: countNumeric(spec, reference), current: countNumeric(spec, current) };
}

interface Rates {
  readonly drifted: number;
  readonly significant: number;
}

function simulate(windows: number, draw: (seed: number) => Windows): Rates {
  let drifted = 0;
  let significant = 0;
  for (let seed = 0; seed < windows; seed++) {
    const { verdict } = judgeDrift({ features: [{ name: 'x', ...draw(seed) }] });
    drifted += verdict.outcome === 'fail' ? 1 : 0;
    significant += verdict.checks[0]!.pValue! <= 0.05 ? 1 : 0;
  }
  return { drifted: drifted / windows, significant: significant / windows };
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`.padStart(6);

function reportFalseAlarms(windows: number): void {
  console.log('No drift: share of windows called drifted (and significant alone), by reference/current rows');
  for (const column of still) {
    const cells = (
      [
        [200, 200],
        [1000, 200],
        [1000, 1000],
        [1000, 20_000],
        [20_000, 1000],
      ] as const
    ).map(([n, m]) => {
      const { drifted, significant } = simulate(windows, (seed) => drawWindows(seed, column, n, m));
      return `${n}/${m}: ${percent(drifted)} (${percent(significant)})`;
    });
    console.log(`  ${column.name.padEnd(22)} ${cells.join('  ')}`);
  }
}

function reportWholeTables(windows: number): void {
  for (const [n, m] of [
    [1000, 200],
    [5000, 1000],
  ] as const) {
    let alarms = 0;
    for (let seed = 0; seed < windows; seed++) {
      const features = still.map((column, i) => ({ name: column.name, ...drawWindows(seed * 100 + i, column, n, m) }));
      alarms += judgeDrift({ features }).verdict.outcome === 'fail' ? 1 : 0;
    }
    console.log(
      `  all ${still.length} columns together, ${n}/${m}: ${percent(alarms / windows)} of windows with any drift`,
    );
  }
}

function reportPower(windows: number): void {
  console.log('Drift: share of windows called drifted (and significant alone), reference 5,000 rows');
  const changes: readonly (Column & { readonly changed: Draw })[] = [
    ...[0.05, 0.1, 0.2, 0.3, 0.5].map((by) => ({ name: `mean + ${by} sd`, draw: normal(0), changed: normal(by) })),
    { name: 'sd × 1.5', draw: normal(0), changed: normal(0, 1.5) },
    { name: 'half become missing', draw: normal(0), changed: mostlyMissing },
    { name: 'one in ten categories gone', draw: integer(10), changed: integer(9), isCategorical: true },
    { name: 'boolean .02 → .1', draw: bernoulli(0.02), changed: bernoulli(0.1), isCategorical: true },
  ];
  for (const change of changes) {
    const cells = [200, 1000, 5000].map((m) => {
      const { drifted, significant } = simulate(windows, (seed) => drawWindows(seed, change, 5000, m, change.changed));
      return `${m}: ${percent(drifted)} (${percent(significant)})`;
    });
    console.log(`  ${change.name.padEnd(28)} ${cells.join('  ')}`);
  }
}

function reportAdwin(streams: number): void {
  const errors = (rng: () => number, rows: number, rate: number) =>
    Array.from({ length: rows }, () => (rng() < rate ? 1 : 0));
  const stationary = Array.from({ length: 10 }, (_, seed) =>
    scanAdwin(initialAdwin(), errors(createRng(seed), 100_000, 0.2)),
  );
  const alarms = stationary.reduce((sum, { detections }) => sum + detections.length, 0);
  console.log(`ADWIN: ${alarms} false alarms in 10 × 100,000 labels at error .2`);
  for (const to of [0.25, 0.3, 0.4]) {
    const delays = Array.from({ length: streams }, (_, seed) => {
      const rng = createRng(seed);
      const values = [...errors(rng, 10_000, 0.2), ...errors(rng, 10_000, to)];
      const found = scanAdwin(initialAdwin(), values).detections.find(
        ({ index, direction }) => index >= 10_000 && direction === 'up',
      );
      return (found?.index ?? Infinity) - 10_000;
    }).sort((a, b) => a - b);
    const missed = delays.filter((delay) => delay === Infinity).length;
    console.log(`  .2 → ${to}: median delay ${delays[Math.floor(streams / 2)]} labels, ${missed} of ${streams} missed`);
  }
}

const windows = Number(process.argv[2] ?? 400);
reportFalseAlarms(windows);
reportWholeTables(windows);
reportPower(windows);
reportAdwin(Math.min(windows, 200));
