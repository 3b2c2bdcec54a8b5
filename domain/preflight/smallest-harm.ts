import { chanceOfReaching, type DriftingWalk } from '../math/first-passage.ts';
import { normalCdf } from '../math/normal.ts';
import type { ProbationPolicy } from '../probation/policy.ts';
import { mixtureShares } from '../probation/sequential-mcnemar.ts';

export interface HarmDesign {
  readonly policy: Pick<ProbationPolicy, 'alpha'>;
  /** Labels in which the harm is to be found. */
  readonly labels: number;
  /** Neighbouring labels that count as one piece of evidence; 1 where each counts. */
  readonly blockLabels: number;
  readonly isRegression: boolean;
  /** Of the differences in loss: mean square per label, and variance of the mean of a block. */
  readonly pair: { readonly meanSquare: number; readonly blockVariance: number };
  /** Chance with which it is to be found. */
  readonly power: number;
}

/** One bet of the e-value: the log of its wealth per piece of evidence. */
type Growth = DriftingWalk;

/** Harm beyond half of all answers is no question. */
const largest = 0.5;
const steps = 40;

/**
 * The smallest loss against its predecessor that a probation finds within `labels`, with the chance `power`; null where it finds none.
 *
 * An e-value starts at 1, and its log grows by g per piece of evidence with variance v: it has reached 2/α within n pieces with the chance of a
 * Brownian motion (see `chanceOfReaching`) at the barrier log(2/α) + log k. g and v are those of the best bet of the test that the
 * probation uses (see `logHarmEValue`); k is how many bets share the first stake, over how many of them grow like the best.
 *
 * Example: 10% of rows discordant, α = .05, 4,000 labels, power 80%: 1.9 points.
 */
export function smallestHarm(design: HarmDesign): number | null {
  if (!isFound(design, largest)) return null;
  let [low, high] = [0, largest];
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2;
    if (isFound(design, middle)) high = middle;
    else low = middle;
  }
  return high;
}

function isFound(design: HarmDesign, harm: number): boolean {
  const threshold = Math.log(2 / design.policy.alpha);
  return testsOf(design, harm).some(({ bets, pieces, stake }) => {
    const most = Math.max(...bets.map(({ mean }) => mean));
    const alike = bets.reduce((sum, { mean }) => sum + Math.exp(pieces * (mean - most)), 0);
    const best = bets.find(({ mean }) => mean === most)!;
    return chanceOfReaching(best, threshold + Math.log(stake / alike), pieces) >= design.power;
  });
}

interface Test {
  readonly bets: readonly Growth[];
  readonly pieces: number;
  /** Bets that share the first stake. */
  readonly stake: number;
}

function testsOf({ labels, blockLabels, isRegression, pair }: HarmDesign, harm: number): readonly Test[] {
  if (blockLabels > 1) {
    const pieces = Math.floor(labels / blockLabels);
    const sd = Math.sqrt(pair.blockVariance);
    const worse = sd > 0 ? normalCdf(harm / sd) : 1;
    // Both halves of the evidence share the stake, too.
    const bets = fixedBets.map((bet) => growthOfBet(bet, harm, pair.blockVariance));
    return [
      { bets: mixtureShares.map((p) => growthOfSigns(p, worse, 1)), pieces, stake: 2 * mixtureShares.length },
      { bets, pieces, stake: 2 * fixedBets.length },
    ];
  }
  if (isRegression) {
    const bet = Math.min(0.5, harm / (pair.meanSquare + harm ** 2));
    // What it costs to learn the bet: half the log of the pieces (Krichevsky & Trofimov).
    return [{ bets: [growthOfBet(bet, harm, pair.meanSquare)], pieces: labels, stake: Math.sqrt(labels) }];
  }
  const discordant = Math.max(pair.meanSquare, harm);
  const worse = (1 + harm / discordant) / 2;
  return [
    {
      bets: mixtureShares.map((p) => growthOfSigns(p, worse, discordant)),
      pieces: labels,
      stake: mixtureShares.length,
    },
  ];
}

/** As in the mixture of bets of a probation. */
const fixedBets = [...mixtureShares.map((p) => 2 * p - 1), 0.95];

/** ln 2p with the chance `worse`, ln 2(1 − p) else; and that only in a share of the pieces. */
function growthOfSigns(p: number, worse: number, share: number): Growth {
  const [win, lose] = [Math.log(2 * p), Math.log(2 * (1 - p))];
  const mean = share * (worse * win + (1 - worse) * lose);
  const square = share * (worse * win ** 2 + (1 - worse) * lose ** 2);
  return { mean, variance: square - mean ** 2 };
}

/** ln(1 + λd) by its first two terms. */
function growthOfBet(bet: number, mean: number, variance: number): Growth {
  return { mean: bet * mean - (bet ** 2 * (variance + mean ** 2)) / 2, variance: bet ** 2 * variance };
}
