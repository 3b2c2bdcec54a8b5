import { initialRiskWatch, watchRisk, type RiskAlarm, type RiskWatch } from './absolute-risk.ts';
import { defaultAdwinOptions, initialAdwin, scanAdwin, type AdwinDetection, type AdwinState } from './adwin.ts';
import { chooseBlockRows } from './dependence.ts';
import { fillBlocks, type LossBlocks } from './loss-blocks.ts';

/** What is remembered of a champion's losses; plain JSON that grows with the logarithm of their number. */
export interface LossWatch {
  readonly blocks: LossBlocks;
  readonly adwin: AdwinState;
  readonly risk: RiskWatch;
  /** The champion's first losses, until there are enough to see how far they depend on each other; then null for good. */
  readonly first: readonly number[] | null;
}

/** How far the first losses depend on each other is judged on at least, and at most, as many of them. */
const leastFirst = 500;
const mostFirst = 2_000;

/**
 * A watch that has seen nothing. A number of rows is kept; `auto` begins with what the holdout showed (1 where nothing is known), and
 * takes longer blocks once the champion's first losses ask for them.
 */
export function beginLossWatch(blockRows: number | 'auto', holdoutBlockRows = 1): LossWatch {
  return blockRows === 'auto' ? watchBlocks(holdoutBlockRows, []) : watchBlocks(blockRows, null);
}

function watchBlocks(rows: number, first: readonly number[] | null): LossWatch {
  const clock = Math.max(1, Math.ceil(defaultAdwinOptions.clock / rows));
  return { blocks: { rows, sum: 0, count: 0 }, adwin: initialAdwin({ clock }), risk: initialRiskWatch, first };
}

export interface LossFindings {
  readonly watch: LossWatch;
  /** By ADWIN, with mean losses before and after. */
  readonly changes: readonly AdwinDetection[];
  /** By the absolute-risk test. */
  readonly alarms: readonly RiskAlarm[];
}

/**
 * Watches losses in [0, 1] for a rise: by ADWIN against the champion's own past, and against `riskLimit` (none where it is null).
 * Losses that depend on each other are taken together in blocks, which then count as one observation each.
 */
export function watchLosses(watch: LossWatch, losses: ArrayLike<number>, riskLimit: number | null): LossFindings {
  if (watch.first === null) return scanBlocks(watch, losses, riskLimit);
  const first = [...watch.first, ...Array.from(losses)];
  if (first.length < leastFirst) return scanBlocks({ ...watch, first }, losses, riskLimit);
  const rows = chooseBlockRows(first.slice(0, mostFirst));
  if (rows <= watch.blocks.rows) return scanBlocks({ ...watch, first: null }, losses, riskLimit);
  return scanBlocks(watchBlocks(rows, null), first, riskLimit);
}

/**
 * ADWIN is given the sums of blocks: its bound on the variance is then measured on blocks, dependence within them included, while
 * its bound on rare large values stays that of single losses. Their means would make it wait for many more blocks.
 */
function scanBlocks(watch: LossWatch, losses: ArrayLike<number>, riskLimit: number | null): LossFindings {
  const { blocks, means } = fillBlocks(watch.blocks, losses);
  const { rows } = blocks;
  const adwin = scanAdwin(watch.adwin, rows > 1 ? means.map((mean) => mean * rows) : means);
  const risk = riskLimit === null ? { state: watch.risk, alarms: [] } : watchRisk(watch.risk, means, riskLimit);
  const changes = adwin.detections.map((found) => ({
    ...found,
    before: found.before / rows,
    after: found.after / rows,
  }));
  return { watch: { ...watch, blocks, adwin: adwin.state, risk: risk.state }, changes, alarms: risk.alarms };
}
