import { initialSpending, lordLevel, spend } from '../domain/gate/lord.ts';
import { normalCdf } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { gaussian } from './draw-gate.ts';
import type { Scale, Simulated } from './report.ts';

const alpha = 0.05;
/** A good challenger's mean z: found with 80% power at 5%. */
const goodDistance = 2.486;

type Spending = 'lord' | 'none';

interface Series {
  /** False ones among the promotions; 0 without any. */
  readonly falseShare: number;
  /** Good challengers that were promoted. */
  readonly found: number;
}

/** A row of gates; a share of the challengers is better, the others are equal. */
function testSeries(gates: number, goodShare: number, spending: Spending, rng: Rng): Series {
  let state = initialSpending;
  const counts = { good: 0, promotedGood: 0, promotedEqual: 0 };
  for (let gate = 0; gate < gates; gate++) {
    const isGood = rng() < goodShare;
    const level = spending === 'lord' ? lordLevel(state, alpha) : alpha;
    const passes = normalCdf(-(gaussian(rng) + (isGood ? goodDistance : 0))) <= level;
    state = spend(state, passes);
    counts.good += isGood ? 1 : 0;
    counts.promotedGood += isGood && passes ? 1 : 0;
    counts.promotedEqual += !isGood && passes ? 1 : 0;
  }
  const promoted = counts.promotedGood + counts.promotedEqual;
  return {
    falseShare: promoted === 0 ? 0 : counts.promotedEqual / promoted,
    found: counts.good === 0 ? 1 : counts.promotedGood / counts.good,
  };
}

interface Life {
  readonly promotions: number;
  /** Promotions of models that are worse than the champion. */
  readonly harmful: number;
  /** Mean accuracy lost against the best model that could serve, in points. */
  readonly regret: number;
}

/**
 * Fifty retrainings in points of accuracy. With a chance the world moves and costs the champion three points; a challenger has learned the new world, and
 * is by chance a point better or worse than it should be. The gate sees the difference with the error of 1,344 rows, a fifth of them discordant.
 */
function liveOn(moveChance: number, spending: Spending, rng: Rng): Life {
  const standardError = 100 * Math.sqrt(0.2 / 1_344);
  let state = initialSpending;
  let champion = 0;
  let regret = 0;
  let [promotions, harmful] = [0, 0];
  for (let retraining = 0; retraining < 50; retraining++) {
    if (rng() < moveChance) champion -= 3;
    const challenger = -0.5 + gaussian(rng);
    const level = spending === 'lord' ? lordLevel(state, alpha) : alpha;
    const passes = normalCdf(-((challenger - champion) / standardError + gaussian(rng))) <= level;
    state = spend(state, passes);
    if (passes) {
      promotions++;
      if (challenger < champion) harmful++;
      champion = challenger;
    }
    regret -= champion / 50;
  }
  return { promotions, harmful, regret };
}

function meanOf<T>(runs: number, draw: (rng: Rng) => T, seed: number): (pick: (one: T) => number) => number {
  const rng = createRng(seed);
  const all = Array.from({ length: runs }, () => draw(rng));
  return (pick) => all.reduce((sum, one) => sum + pick(one), 0) / runs;
}

/** The false share among promotions with and without LORD++, and what its caution costs a model that the world moves away from. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 4_000 : 200;
  const told = { promised: '–', holds: true };
  const shares = [50, 500].flatMap((gates) =>
    [0, 0.1, 0.3, 0.6].flatMap((goodShare) => {
      const of = (spending: Spending) => meanOf(runs, (rng) => testSeries(gates, goodShare, spending, rng), gates);
      const [lord, none] = [of('lord'), of('none')];
      const name = `${gates} gates, ${goodShare * 100}% of the challengers good`;
      const falseShare = lord(({ falseShare: share }) => share);
      return [
        {
          name: `${name}: false promotions, LORD++`,
          measured: falseShare,
          promised: `≤ ${alpha}`,
          holds: falseShare <= alpha + 0.01,
        },
        { name: `for comparison, each tested at ${alpha}`, measured: none(({ falseShare: share }) => share), ...told },
        { name: 'good ones promoted, LORD++', measured: lord(({ found }) => found), ...told },
        { name: `for comparison, each tested at ${alpha}`, measured: none(({ found }) => found), ...told },
      ];
    }),
  );
  const lives = [0, 0.1, 0.3].flatMap((moveChance) =>
    (['lord', 'none'] as const).flatMap((spending) => {
      const of = meanOf(runs, (rng) => liveOn(moveChance, spending, rng), 9);
      const name = `50 retrainings, the world moves at ${moveChance * 100}% of them, ${spending}`;
      return [
        { name: `${name}: points lost`, measured: of(({ regret }) => regret), ...told },
        { name: `${name}: promotions`, measured: of(({ promotions }) => promotions), ...told },
        { name: `${name}: promotions of a worse model`, measured: of(({ harmful }) => harmful), ...told },
      ];
    }),
  );
  return [...shares, ...lives];
}
