import type { ModelConfig } from '../../config/model-schema.ts';

/** A first champion needs 100 rows to learn from, 30 to stop at and 40 to be judged on, and a backtest as many rows after them. */
export const leastRows = 400;
/** From here on the defaults have room: a backtest then has several retrainings of a thousand fresh labels each. */
const fewRows = 5_000;

/** A policy with room for a few retrainings in a small table; undefined where the defaults have it. */
export function policyForRows(rows: number): ModelConfig['policy'] {
  if (rows >= fewRows) return undefined;
  const tenth = Math.max(50, 10 * Math.round(rows / 100));
  return {
    retrain: { cooldown: { labels: tenth }, minFreshLabels: tenth },
    monitor: { windowRows: Math.max(200, tenth), labelDelayRows: tenth },
    gate: { minRows: Math.max(40, Math.min(200, 10 * Math.floor((0.4 * tenth) / 10))) },
    probation: { horizonLabels: 2 * tenth, minLabels: tenth, extendLabels: tenth },
  };
}
