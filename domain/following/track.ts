/** Shares that follow the labels, an observation per so many rows. Plain JSON. */
export interface Track {
  readonly rowsPerObservation: number;
  readonly shares: readonly number[];
  /** Of the observation that is being gathered: its rows, and what each expert lost on them. */
  readonly rows: number;
  readonly losses: readonly number[];
}

export interface TrackRule {
  /** Shares before any label. */
  readonly prior: ArrayLike<number>;
  /** The chance that the world changes between two observations. */
  readonly switching: number;
}

export interface Tracker {
  /** One row's losses, by expert, in nats. */
  observe(losses: ArrayLike<number>): void;
  end(): Track;
}

export function beginTrack(rowsPerObservation: number, shares: ArrayLike<number>): Track {
  return { rowsPerObservation, shares: Array.from(shares), rows: 0, losses: Array.from(shares, () => 0) };
}

/**
 * Fixed Share (Herbster & Warmuth 1998) at the learning rate 1, at which log loss is mixable: shares times e^(−loss), made to sum to 1, of
 * which then a part `switching` is shared out as before any label. The loss of an observation is the mean over its rows, so that rows which
 * depend on each other count once. Over T observations the mixture loses at most ln(1/prior) + T·ln(1/(1 − switching)) more than any one
 * expert, and ln(1/(switching·prior)) for each change of the best one.
 *
 * Example: two experts with half each, mean losses of 0 and 1 nats and a switching of .01: .731 and .269, and then .729 and .271.
 */
export function createTracker(track: Track, { prior, switching }: TrackRule): Tracker {
  const shares = Float64Array.from(track.shares);
  const losses = Float64Array.from(track.losses);
  let { rows } = track;
  return {
    observe(rowLosses) {
      for (let expert = 0; expert < losses.length; expert += 1) losses[expert]! += rowLosses[expert]!;
      rows += 1;
      if (rows < track.rowsPerObservation) return;
      learn(shares, losses, rows);
      for (let expert = 0; expert < shares.length; expert += 1) {
        shares[expert] = (1 - switching) * shares[expert]! + switching * prior[expert]!;
      }
      losses.fill(0);
      rows = 0;
    },
    end: () => ({ ...track, shares: Array.from(shares), rows, losses: Array.from(losses) }),
  };
}

/** Shares times e^(−mean loss), made to sum to 1. */
function learn(shares: Float64Array, losses: Float64Array, rows: number): void {
  const least = losses.reduce((a, b) => Math.min(a, b), Infinity);
  let sum = 0;
  for (let expert = 0; expert < shares.length; expert += 1) {
    shares[expert]! *= Math.exp((least - losses[expert]!) / rows);
    sum += shares[expert]!;
  }
  for (let expert = 0; expert < shares.length; expert += 1) shares[expert]! /= sum;
}
