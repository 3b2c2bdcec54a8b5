import type { SearchPolicy } from './policy.ts';

/** A comparison on the way: after so many epochs the best `keep` go on. */
export interface Rung {
  readonly epochs: number;
  readonly keep: number;
}

/** Where a candidate stands at a rung. */
export interface Standing {
  readonly id: string;
  readonly validationLoss: number;
  /** Its training is over: it stopped by itself. */
  readonly isDone: boolean;
}

export interface StoppedCandidate {
  readonly id: string;
  readonly epochs: number;
  /** One sentence with the figures. */
  readonly reason: string;
}

/** What comparing candidates on the way came to. */
export interface SearchAccount {
  readonly stopped: readonly StoppedCandidate[];
  /** Epochs that were trained, of all candidates together. */
  readonly epochs: number;
  /** What they would have been at the most. */
  readonly mostEpochs: number;
}

export interface RungVerdict {
  /** Ids, in the order of the candidates. */
  readonly goOn: readonly string[];
  readonly stopped: readonly StoppedCandidate[];
}

/**
 * The rungs of successive halving (Jamieson & Talwalkar 2016): ⌈n/η⌉ candidates pass the first one, ⌈n/η²⌉ the next, which comes after η times as
 * many epochs, until one is left or the epochs are used up.
 *
 * Example: 6 candidates of at most 30 epochs, η = 3 from epoch 3 on: 2 go on after epoch 3, 1 after epoch 9.
 */
export function planRungs(
  candidates: number,
  maxEpochs: number,
  { eta, firstEpochs }: Pick<SearchPolicy, 'eta' | 'firstEpochs'>,
): readonly Rung[] {
  const rungs: Rung[] = [];
  let left = candidates;
  for (let epochs = firstEpochs; epochs < maxEpochs && left > 1; epochs *= eta) {
    left = Math.ceil(left / eta);
    rungs.push({ epochs, keep: left });
  }
  return rungs;
}

/**
 * Who goes on: the best `keep` by validation loss; of equal ones those that come first. What trained to its end by itself takes a place and needs no more epochs.
 * Where the order at the rung is that at the end, as of falling curves that cross no more, the best is never stopped.
 */
export function judgeRung({ epochs, keep }: Rung, standings: readonly Standing[]): RungVerdict {
  const order = standings.map((_, index) => index).sort((a, b) => lossAt(standings, a) - lossAt(standings, b) || a - b);
  const places = new Map(order.map((index, place) => [standings[index]!.id, place + 1]));
  const best = standings[order[0] ?? 0];
  const running = standings.filter(({ isDone }) => !isDone);
  const passes = ({ id }: Standing): boolean => places.get(id)! <= keep;
  return {
    goOn: running.filter(passes).map(({ id }) => id),
    stopped: running
      .filter((one) => !passes(one))
      .map(({ id, validationLoss }) => ({
        id,
        epochs,
        reason:
          `stopped after epoch ${epochs}: validation loss ${validationLoss.toFixed(4)}, place ${places.get(id)} of ${standings.length}; ` +
          `the best ${keep} go on (${best?.id} with ${best?.validationLoss.toFixed(4)})`,
      })),
  };
}

/** What is no number comes last. */
function lossAt(standings: readonly Standing[], index: number): number {
  const { validationLoss } = standings[index]!;
  return Number.isFinite(validationLoss) ? validationLoss : Number.MAX_VALUE;
}
