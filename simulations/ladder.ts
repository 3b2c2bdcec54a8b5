import { beginLadder, climb } from '../domain/gate/ladder.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import type { Scale, Simulated } from './report.ts';

interface Attack {
  readonly rows: number;
  readonly queries: number;
}

/** How far below the truth, .5, the smallest loss told has come. */
interface Overfitting {
  readonly naive: number;
  readonly ladder: number;
  /** The loss of the model that the attacker of the Ladder ends with, on the set itself. */
  readonly fitted: number;
}

/**
 * The boosting attack of Blum & Hardt (2015) on labels that nobody can predict: guess at random, keep the guesses that are told to be better than chance,
 * let them vote. Told exact losses, it seems to learn; told through the Ladder, with its word "fell" used against it as well, it must not.
 */
function attack({ rows, queries }: Attack, rng: Rng): Overfitting {
  const guesses = Array.from({ length: queries }, () =>
    Float64Array.from({ length: rows }, () => (rng() < 0.5 ? 1 : 0)),
  );
  // Right and wrong answers are all that matters: the losses are the guesses themselves.
  const naiveVotes = guesses.map((losses) => (mean(losses) < 0.5 ? 1 : -1));
  let state = beginLadder('set', rows);
  const reference = guesses[0]!;
  const ladderVotes = guesses.map((losses, query) => {
    const told = climb(state, losses, query === 0 ? null : reference);
    state = told.state;
    return told.answer === 'improved' ? 1 : told.answer === 'fell' ? -1 : 0;
  });
  const fitted = vote(guesses, ladderVotes);
  state = climb(state, fitted, reference).state;
  return { naive: 0.5 - mean(vote(guesses, naiveVotes)), ladder: 0.5 - (state.told ?? 0.5), fitted: mean(fitted) };
}

function vote(guesses: readonly Float64Array[], votes: readonly number[]): Float64Array {
  return Float64Array.from(guesses[0]!, (_, row) => {
    const wrong = guesses.reduce((sum, losses, query) => sum + votes[query]! * (losses[row]! - 0.5), 0);
    // A tie is no knowledge: the first guess stands.
    return wrong === 0 ? guesses[0]![row]! : wrong > 0 ? 1 : 0;
  });
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A model that is truly better is told so: share of exams that notice it. */
function noticed(runs: number, gain: number, rows: number, rng: Rng): number {
  const draw = (error: number) => Float64Array.from({ length: rows }, () => (rng() < error ? 1 : 0));
  const seen = Array.from({ length: runs }, () => {
    const first = climb(beginLadder('set', rows), draw(0.3), null).state;
    return climb(first, draw(0.3 - gain), null).answer;
  });
  return seen.filter((answer) => answer === 'improved').length / runs;
}

export function run(scale: Scale): readonly Simulated[] {
  const isFull = scale === 'full';
  const [rows, queries, runs] = isFull ? [2_500, 1_000, 20] : [1_000, 200, 3];
  const rng = createRng(3);
  const all = Array.from({ length: runs }, () => attack({ rows, queries }, rng));
  const worst = (pick: (one: Overfitting) => number): number => Math.max(...all.map(pick));
  const step = 1 / Math.sqrt(rows);
  const naive = Math.min(...all.map((one) => one.naive));
  const better = noticed(runs * 10, 0.1, rows, rng);
  return [
    {
      name: `told too well through the Ladder after ${queries} attacks, ${rows} rows`,
      measured: worst((one) => one.ladder),
      promised: `≤ two steps, ${2 * step}`,
      holds: worst((one) => one.ladder) <= 2 * step + 1e-9,
    },
    {
      name: 'the attacker of the Ladder fits the set by',
      measured: worst((one) => 0.5 - one.fitted),
      promised: `≤ four steps`,
      holds: worst((one) => 0.5 - one.fitted) <= 4 * step,
    },
    {
      name: 'for comparison, told too well by exact losses',
      measured: naive,
      promised: '> four steps',
      holds: naive > 4 * step,
    },
    { name: 'a model that is 10 points better is told so', measured: better, promised: '≥ 0.8', holds: better >= 0.8 },
  ];
}
