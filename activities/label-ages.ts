import type { OutcomeRows, Store, WindowQuery } from '../adapters/ports/store.ts';
import { estimateArrivals, type LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import { matureCount } from '../domain/outcomes/maturity.ts';
import type { MonitorPolicy } from '../domain/policy.ts';

type Asked = Pick<WindowQuery, 'model' | 'schema'>;

/** How the labels of a model arrive, by its newest rows; null while nobody can know. */
export async function readArrivals(
  store: Pick<Store, 'readArrivals'>,
  { model, schema }: Asked,
  monitor: MonitorPolicy,
): Promise<LabelArrivals | null> {
  // Rows of twice the age that counts as too old: what labels do late must be seen.
  const newestRows = monitor.windowRows + 2 * monitor.labelDelayRows;
  return estimateArrivals(await store.readArrivals({ model, schema, newestRows }), monitor.matureShare);
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

/** The same where it is known already how labels arrive. */
export function countMatureIn(
  { labels, predictedMs }: OutcomeRows,
  arrivals: LabelArrivals | null,
  monitor: MonitorPolicy,
): number {
  return matureCount(labels, monitor, arrivals && { arrivals, predictedMs });
}
