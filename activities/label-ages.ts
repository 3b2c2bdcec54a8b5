import type { OutcomeRows, Store, WindowQuery } from '../adapters/ports/store.ts';
import { estimateArrivals, type ArrivalTimes, type LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import { matureCount } from '../domain/outcomes/maturity.ts';
import type { MonitorPolicy } from '../domain/policy.ts';

type Asked = Pick<WindowQuery, 'model' | 'schema'>;

/** How the labels of a model arrive, by its newest rows; null while nobody can know. */
export async function readArrivals(
  store: Pick<Store, 'readArrivals'>,
  { model, schema }: Asked,
  monitor: MonitorPolicy,
): Promise<LabelArrivals | null> {
  const newestRows = rowsForArrivals(monitor);
  return estimateArrivals(await store.readArrivals({ model, schema, newestRows }), monitor.matureShare);
}

/** Rows of twice the age that counts as too old: what labels do late must be seen. */
function rowsForArrivals({ windowRows, labelDelayRows }: MonitorPolicy): number {
  return windowRows + 2 * labelDelayRows;
}

/** How many of these rows, from the oldest on, have their labels, as far as they will. */
export async function countMature(
  store: Pick<Store, 'readArrivals'>,
  asked: Asked,
  outcomes: OutcomeRows,
  monitor: MonitorPolicy,
): Promise<number> {
  return countMatureIn(outcomes, await readArrivals(store, asked, monitor), monitor);
}

/** The same of all of a model's rows, which tell themselves how labels arrive. */
export function countMatureOfAll(outcomes: OutcomeRows, monitor: MonitorPolicy): number {
  const arrivals = estimateArrivals(timesOf(outcomes, rowsForArrivals(monitor)), monitor.matureShare);
  return countMatureIn(outcomes, arrivals, monitor);
}

/** What the store's `readArrivals` says of the newest of these rows. */
export function timesOf({ labels, predictedMs, labelledMs }: OutcomeRows, newestRows: number): ArrivalTimes {
  const from = Math.max(0, labels.length - newestRows);
  const isTimed = (_: number, row: number): boolean =>
    Number.isNaN(labels[from + row]) || !Number.isNaN(labelledMs[from + row]);
  const timed = predictedMs.subarray(from).filter(isTimed);
  const untimed = labels.length - from - timed.length;
  return { predictedMs: timed, labelledMs: labelledMs.subarray(from).filter(isTimed), untimed };
}

/** The same where it is known already how labels arrive. */
export function countMatureIn(
  { labels, predictedMs }: OutcomeRows,
  arrivals: LabelArrivals | null,
  monitor: MonitorPolicy,
): number {
  return matureCount(labels, monitor, arrivals && { arrivals, predictedMs });
}
