/** A model that a replay trained, and what it loses on every block from the first that it could have answered. */
export interface ScoredModel {
  /** Counted from 0; models that could answer the first block cost nothing. */
  readonly firstBlock: number;
  /** Loss of block `firstBlock`, of the next, and so on to the last. */
  readonly losses: readonly number[];
}

/** Serve this model from its first block to before block `to`. */
interface Stretch {
  readonly model: number;
  readonly from: number;
  readonly to: number;
}

export interface Schedule {
  readonly retrainings: number;
  readonly loss: number;
  readonly stretches: readonly Stretch[];
}

interface Step {
  readonly loss: number;
  readonly stretch: Stretch | null;
}

/**
 * The schedules that would have lost least with 0, 1, 2, … retrainings, had the future been known; numbers of retrainings that the models can't
 * make are left out. Dynamic programming: least(k, e) = min over models m that are new at b < e of least(k − 1, b) + the losses of m on
 * blocks b to e. It takes O(models × blocks × retrainings) steps. Throws where no model could answer the first block.
 *
 * Example: losses 1, 9, 9 without retraining, and 2, 2 by a model from block 1: 19 with none, 5 with one.
 */
export function bestSchedules(models: readonly ScoredModel[], blocks: number): readonly Schedule[] {
  const byStart = Array.from({ length: blocks }, (_, block) => startingAt(models, block));
  if (byStart[0]?.length === 0) throw new Error('no model could have answered the first block');
  const found: Schedule[] = [];
  let rows: readonly (readonly (Step | null)[])[] = [];
  for (let retrainings = 0; retrainings < Math.max(1, blocks); retrainings += 1) {
    const row = leastBy(models, byStart, retrainings, rows.at(-1) ?? null);
    rows = [...rows, row];
    const end = row[blocks];
    if (end !== null && end !== undefined) {
      found.push({ retrainings, loss: end.loss, stretches: walkBack(rows, retrainings, blocks) });
    }
  }
  return found;
}

/** The schedule whose losses and retrainings together cost least; the fewer retrainings where two cost the same. */
export function cheapest(schedules: readonly Schedule[], trainingCost: number): Schedule {
  const costOf = ({ loss, retrainings }: Schedule): number => loss + trainingCost * retrainings;
  return schedules.reduce((best, schedule) => (costOf(schedule) < costOf(best) ? schedule : best));
}

function startingAt(models: readonly ScoredModel[], block: number): readonly number[] {
  return models.flatMap(({ firstBlock }, index) => (firstBlock === block ? [index] : []));
}

/** Least loss of the blocks before each block, with exactly so many retrainings. */
function leastBy(
  models: readonly ScoredModel[],
  byStart: readonly (readonly number[])[],
  retrainings: number,
  fewer: readonly (Step | null)[] | null,
): readonly (Step | null)[] {
  const least = Array.from({ length: byStart.length + 1 }, (): Step | null => null);
  if (byStart.length === 0) return [{ loss: 0, stretch: null }];
  for (let from = retrainings; from < byStart.length; from += 1) {
    const before = retrainings === 0 ? 0 : (fewer?.[from]?.loss ?? null);
    if (before === null) continue;
    for (const model of byStart[from]!) extend(least, before, { model, from, losses: models[model]!.losses });
    if (retrainings === 0) break;
  }
  return least;
}

interface Start {
  readonly model: number;
  readonly from: number;
  readonly losses: readonly number[];
}

function extend(least: (Step | null)[], before: number, { model, from, losses }: Start): void {
  let loss = before;
  for (let to = from + 1; to < least.length; to += 1) {
    loss += losses[to - from - 1]!;
    if (loss < (least[to]?.loss ?? Number.POSITIVE_INFINITY)) least[to] = { loss, stretch: { model, from, to } };
  }
}

function walkBack(
  rows: readonly (readonly (Step | null)[])[],
  retrainings: number,
  blocks: number,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let to = blocks;
  for (let row = retrainings; row >= 0; row -= 1) {
    const stretch = rows[row]![to]?.stretch;
    if (!stretch) break;
    stretches.unshift(stretch);
    to = stretch.from;
  }
  return stretches;
}
