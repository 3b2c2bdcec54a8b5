import type { Predictions, Task } from '../task.ts';

/**
 * How far a network's answers may be moved to follow the labels: log-odds of class 1, or standard deviations of the champion's errors. Nothing
 * that labels say moves an answer further than the outermost ones.
 */
const moves: readonly number[] = [-2, -1, 0, 1, 2];
/** A standard normal law: large moves have to be shown. */
const priorOfMoves = normalise(moves.map((move) => Math.exp(-(move ** 2) / 2)));

/** What a champion follows with: its networks and those that are lent to it, each moved by each of `shifts`; expert `network × shifts.length + shift`. */
export interface ExpertPanel {
  readonly task: Task;
  readonly shifts: readonly number[];
  /** Shares of the networks as they passed the gate; of a lent one, nothing. */
  readonly standing: readonly number[];
  /** Before any label; with something for those that are lent. */
  readonly prior: readonly number[];
}

/** Of all shares before any label: those who were not shown to be better have to be shown it here. */
export const lentShare = 0.1;

/**
 * Of several classes only the shares follow.
 *
 * @param own shares of the champion's networks
 * @param lent shares of the others among themselves
 */
export function createPanel(task: Task, own: readonly number[], lent: readonly number[]): ExpertPanel {
  const ownShare = lent.length === 0 ? 1 : 1 - lentShare;
  const [ours, theirs] = [normalise(own), normalise(lent)];
  return {
    task,
    shifts: task === 'multiclass' ? [0] : moves,
    standing: [...ours, ...theirs.map(() => 0)],
    prior: [...ours.map((share) => ownShare * share), ...theirs.map((share) => lentShare * share)],
  };
}

/** Shares of the champion's own networks, which come first; each has one. */
export function ownShares({ standing }: Pick<ExpertPanel, 'standing'>): readonly number[] {
  return standing.filter((share) => share > 0);
}

/** The champion as it passed the gate: its networks with their shares, none of them moved. */
export function standingShares({ standing, shifts }: ExpertPanel): Float64Array {
  return Float64Array.from(standing.flatMap((share) => shifts.map((shift) => (shift === 0 ? share : 0))));
}

/** Before any label: each network's share spread over the moves. */
export function priorShares({ prior, shifts }: ExpertPanel): Float64Array {
  const ofMoves = shifts.length === 1 ? [1] : priorOfMoves;
  return Float64Array.from(prior.flatMap((share) => ofMoves.map((ofMove) => share * ofMove)));
}

/** Rows with their labels, in prediction order, and what each network says to them. */
export interface FollowedRows {
  readonly labels: ArrayLike<number>;
  readonly outputs: readonly Predictions[];
}

/** A loss in nats that no row exceeds: one wrong label never silences an expert. */
const largestLoss = 8;

/**
 * What each expert says of the label of a row: for classes the probability that it gave to the label, for values how far it is off in standard
 * deviations. The mark of a mixture is the mixture of the marks.
 *
 * @param deviation the unit of a value's errors and moves; not looked at for classes
 */
export function fillMarks(
  marks: Float64Array,
  { task, shifts }: ExpertPanel,
  { labels, outputs }: FollowedRows,
  row: number,
  deviation: number,
): void {
  const label = labels[row]!;
  let expert = 0;
  for (const { width, values } of outputs) {
    for (const shift of shifts) {
      if (task === 'regression') marks[expert] = (label - values[row]!) / deviation - shift;
      else if (task === 'multiclass') marks[expert] = values[row * width + label]!;
      else marks[expert] = probabilityOf(label, values[row]!, shift);
      expert += 1;
    }
  }
}

/** p·e^s against 1 − p: what moving the log-odds by s makes of a probability. */
function probabilityOf(label: number, p: number, shift: number): number {
  const [one, zero] = [p * Math.exp(shift), 1 - p];
  return (label === 1 ? one : zero) / (one + zero);
}

/** In nats, from 0 to 8: the log loss of a class, −ln p; z²/2 of an error of z standard deviations. What is no number could not be worse. */
export function lossOfMark(task: Task, mark: number): number {
  const loss = task === 'regression' ? mark ** 2 / 2 : -Math.log(mark);
  return loss < largestLoss ? Math.max(0, loss) : largestLoss;
}

/** What the mixture of the experts loses; for classes never more than −ln Σ share·e^(−loss). */
export function lossOfMixture(task: Task, shares: ArrayLike<number>, marks: Float64Array): number {
  let mark = 0;
  for (let expert = 0; expert < marks.length; expert += 1) {
    // Nobody asks an expert without a share: what it says may be no number.
    if (shares[expert] !== 0) mark += shares[expert]! * marks[expert]!;
  }
  return lossOfMark(task, mark);
}

/** Root mean square of what the standing champion of values was wrong by; 1 for classes, and where it was never wrong or that is no number. */
export function deviationOf({ task, standing }: ExpertPanel, { labels, outputs }: FollowedRows): number {
  if (task !== 'regression') return 1;
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const answer = outputs.reduce((total, { values }, network) => total + standing[network]! * values[row]!, 0);
    sum += (labels[row]! - answer) ** 2;
  }
  const deviation = Math.sqrt(sum / labels.length);
  return deviation > 0 && deviation < Infinity ? deviation : 1;
}

export function normalise(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
