/** What the Ladder has told of a fixed set of rows so far. */
export interface LadderState {
  /** Names the rows; other rows begin a new ladder. */
  readonly setId: string;
  readonly rows: number;
  /** Exams held on these rows, this one included. */
  readonly uses: number;
  /** The smallest loss told so far, a multiple of the step; null before the first. */
  readonly told: number | null;
}

/** What one exam on the set is told to be: never more than one of three words. */
export type LadderAnswer = 'improved' | 'unchanged' | 'fell';

/** A fall is told only where chance would show it in three of 100,000 equal models: every word told gives the rows away a little. */
const fallDeviations = 4;

export const beginLadder = (setId: string, rows: number): LadderState => ({ setId, rows, uses: 0, told: null });

/**
 * The step of the Ladder, 1/√rows: twice the largest standard error of a share. Differences below it are never told. Example: 2,500 rows
 * have a step of .02.
 */
export function ladderStep(rows: number): number {
  return 1 / Math.sqrt(rows);
}

/**
 * One exam on a fixed set, told through the Ladder (Blum & Hardt 2015): a new loss is told only where it is below the smallest one told so far by
 * more than a step, and then rounded to whole steps; otherwise the old one is told again. However many models are chosen by what was told, the
 * smallest loss told stays near the truth. Beyond the Ladder a fall is told: a loss above the reference model's, on the same rows, by more than a step and
 * 4 standard errors.
 *
 * @param losses of the model that is examined, per row, in [0, 1]
 * @param reference of the model that it is to replace; null where there is none
 */
export function climb(
  state: LadderState,
  losses: Float64Array,
  reference: Float64Array | null,
): { readonly state: LadderState; readonly answer: LadderAnswer } {
  const step = ladderStep(state.rows);
  const loss = mean(losses);
  const improves = state.told === null || loss < state.told - step;
  const told = improves ? Math.round(loss / step) * step : state.told;
  const next = { ...state, uses: state.uses + 1, told };
  if (reference !== null && hasFallen(losses, reference, step)) return { state: next, answer: 'fell' };
  return { state: next, answer: improves ? 'improved' : 'unchanged' };
}

function hasFallen(losses: Float64Array, reference: Float64Array, step: number): boolean {
  const differences = losses.map((loss, row) => loss - reference[row]!);
  const fall = mean(differences);
  const variance = mean(differences.map((difference) => (difference - fall) ** 2));
  return fall > Math.max(step, fallDeviations * Math.sqrt(variance / losses.length));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
