import { normalCdf, normalQuantile } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { initialRiskWatch, riskLevel, riskTolerance, watchRisk } from '../domain/outcomes/absolute-risk.ts';
import { initialAdwin, scanAdwin } from '../domain/outcomes/adwin.ts';
import { measureHoldoutRisk } from '../domain/outcomes/holdout-risk.ts';
import { beginLossWatch, watchLosses } from '../domain/outcomes/watch-losses.ts';
import type { Scale, Simulated } from './report.ts';

export interface ErrorProcess {
  /** Chance of an error. */
  readonly rate: number;
  readonly rows: number;
  /** Of the difficulty from one row to the next: an AR(1) process. */
  readonly correlation: number;
  /** How much the difficulty counts; 0 makes errors independent. */
  readonly spread: number;
  readonly seed: number;
}

/** Errors of 0 and 1 whose chance follows a slowly changing difficulty, but whose rate in the long run does not change. */
export function dependentErrors({ rate, rows, correlation, spread, seed }: ErrorProcess): Float64Array {
  const random = createRng(seed);
  const threshold = normalQuantile(rate) * Math.hypot(1, spread);
  let difficulty = drawNormal(random);
  return Float64Array.from({ length: rows }, () => {
    difficulty = correlation * difficulty + Math.sqrt(1 - correlation ** 2) * drawNormal(random);
    return random() < normalCdf(threshold + spread * difficulty) ? 1 : 0;
  });
}

function drawNormal(random: Rng): number {
  return normalQuantile((Math.floor(random() * 2 ** 20) + 0.5) / 2 ** 20);
}

type Process = Pick<ErrorProcess, 'correlation' | 'spread'>;

const independent: Process = { correlation: 0, spread: 0 };
const dependent: readonly Process[] = [
  { correlation: 0.5, spread: 1 },
  { correlation: 0.8, spread: 0.5 },
  { correlation: 0.9, spread: 1 },
  { correlation: 0.95, spread: 0.5 },
];
const rate = 0.2;
const holdoutRows = 4_000;
const lifeRows = 20_000;

/** What the monitor would have found in a champion's life, and after how many labels. */
interface Life {
  readonly rises: readonly number[];
  readonly alarms: readonly number[];
}

/** One champion that is watched as in production: its holdout first, then its live losses in looks of 500. */
function watchLife(process: Process, seed: number, live: Float64Array, lookRows = 500): Life {
  const holdout = measureHoldoutRisk(dependentErrors({ ...process, rate, rows: holdoutRows, seed }))!;
  let watch = beginLossWatch('auto', holdout.blockRows);
  const rises: number[] = [];
  const alarms: number[] = [];
  for (let row = 0; row < live.length; row += lookRows) {
    const found = watchLosses(watch, live.subarray(row, row + lookRows), holdout.upperBound + riskTolerance);
    watch = found.watch;
    if (found.changes.some(({ direction }) => direction === 'up')) rises.push(row + lookRows);
    if (found.alarms.length > 0) alarms.push(row + lookRows);
  }
  return { rises, alarms };
}

function unchangedLives(process: Process, champions: number): Life[] {
  return Array.from({ length: champions }, (_, index) => {
    const live = dependentErrors({ ...process, rate, rows: lifeRows, seed: 10_000 + index });
    return watchLife(process, index, live);
  });
}

/** ADWIN and the absolute-risk test on errors whose rate never changes. */
function falseAlarms(process: Process, champions: number): readonly Simulated[] {
  const lives = unchangedLives(process, champions);
  const kind = process.spread === 0 ? 'independent errors' : `difficulty with correlation ${process.correlation}`;
  const share = (of: keyof Life) => lives.filter((life) => life[of].length > 0).length / champions;
  return [
    atMost(`champions with a false ADWIN alarm in 20,000 labels, ${kind}`, share('rises'), 0.05),
    atMost(`champions with a false absolute-risk alarm in 20,000 labels, ${kind}`, share('alarms'), riskLevel),
  ];
}

/** The bet on the live losses alone, where the risk is exactly the limit: half the level may be spent. */
function alarmsAtTheLimit(lives: number): Simulated {
  const alarmed = Array.from({ length: lives }, (_, seed) => {
    const live = dependentErrors({ ...independent, rate, rows: lifeRows, seed });
    return watchRisk(initialRiskWatch, live, rate).alarms.length > 0;
  });
  return atMost('alarms where the risk is the limit, looked at after every label', shareOf(alarmed), riskLevel / 2);
}

function boundsTooLow(holdouts: number): Simulated {
  const tooLow = Array.from({ length: holdouts }, (_, seed) => {
    const losses = dependentErrors({ ...independent, rate, rows: 2_000, seed });
    return measureHoldoutRisk(losses)!.upperBound < rate;
  });
  return atMost('holdout bounds below the true risk', shareOf(tooLow), riskLevel / 2);
}

/** Median labels until the monitor sees that the error rate rose from .2 to .3 after label `before`. */
function delay(of: keyof Life, process: Process, before: number, champions: number, limit: number): Simulated {
  const delays = Array.from({ length: champions }, (_, index) => {
    const live = new Float64Array(lifeRows);
    live.set(dependentErrors({ ...process, rate, rows: lifeRows, seed: 20_000 + index }));
    const changed = dependentErrors({ ...process, rate: rate + 0.1, rows: lifeRows - before, seed: 30_000 + index });
    live.set(changed, before);
    const seen = watchLife(process, index, live, 100)[of].find((label) => label > before);
    return (seen ?? Infinity) - before;
  }).sort((a, b) => a - b);
  const kind = process.spread === 0 ? 'independent errors' : `difficulty with correlation ${process.correlation}`;
  const name = of === 'rises' ? 'ADWIN' : 'the absolute-risk test';
  return atMost(
    `median labels until ${name} sees 10 points after ${before}, ${kind}`,
    delays[Math.floor(champions / 2)]!,
    limit,
  );
}

/** Median labels until ADWIN, label by label, sees independent errors rise from .2 after 10,000 labels. */
function adwinDelay(to: number, streams: number, limit: number): Simulated {
  const before = 10_000;
  const delays = Array.from({ length: streams }, (_, seed) => {
    const live = new Float64Array(2 * before);
    live.set(dependentErrors({ ...independent, rate, rows: before, seed }));
    live.set(dependentErrors({ ...independent, rate: to, rows: before, seed: 10_000 + seed }), before);
    const found = scanAdwin(initialAdwin(), live).detections.find(({ index }) => index >= before);
    return (found?.index ?? Infinity) - before;
  }).sort((a, b) => a - b);
  return atMost(
    `median labels until ADWIN sees errors rise from ${rate} to ${to}`,
    delays[Math.floor(streams / 2)]!,
    limit,
  );
}

/** Error rates and delays of the monitor's watch over outcomes, on seeded streams. */
export function run(scale: Scale): readonly Simulated[] {
  const champions = scale === 'full' ? 200 : 8;
  return [
    ...[independent, ...dependent].flatMap((process) => falseAlarms(process, champions)),
    alarmsAtTheLimit(scale === 'full' ? 1_000 : 60),
    boundsTooLow(scale === 'full' ? 1_000 : 60),
    adwinDelay(0.25, 2 * champions, 2_000),
    adwinDelay(0.3, 2 * champions, 500),
    adwinDelay(0.4, 2 * champions, 200),
    delay('rises', independent, 5_000, champions, 600),
    delay('rises', dependent[1]!, 5_000, champions, 1_200),
    delay('alarms', independent, 0, champions, 600),
  ];
}

function shareOf(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length / flags.length;
}

function atMost(name: string, measured: number, limit: number): Simulated {
  return { name, measured, promised: `≤ ${limit}`, holds: measured <= limit };
}
