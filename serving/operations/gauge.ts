import type { Metric, Registry } from 'prom-client';
import type { Labels } from './histogram.ts';

/**
 * Adds a gauge that is asked for when it is read; labels that are no longer set are gone.
 *
 * @param aggregator how those of several processes become one
 */
export function addGauge(
  registry: Registry,
  name: string,
  help: string,
  look: (set: (value: number, labels?: Labels) => void) => void | Promise<void>,
  aggregator: 'sum' | 'max' = 'max',
): void {
  const type = 'gauge';
  const get = async () => {
    const values: { value: number; labels: Labels }[] = [];
    await look((value, labels = {}) => void values.push({ value, labels }));
    return { name, help, type, aggregator, values };
  };
  registry.registerMetric({ name, help, type, aggregator, get, reset: () => undefined } as unknown as Metric);
}
