import { defineModel } from '../../config/define-model.ts';

/** A row is half an hour. */
const dayRows = 48;
const halfDayRows = dayRows / 2;
const weekRows = 7 * dayRows;

/** Does the price of electricity in New South Wales go up? A stream that drifts all the time. */
export default defineModel({
  name: 'electricity',
  data: { path: 'elec2.parquet', label: 'target' },
  training: { batchSize: 256, maxEpochs: 10, patience: 2 },
  policy: {
    retrain: {
      debounceMs: '200ms',
      cooldown: { rows: 4 * weekRows },
      minFreshLabels: 2 * weekRows,
      budget: { trainings: 10, per: { rows: 52 * weekRows } },
      every: { rows: 12 * weekRows },
    },
    snapshot: { maxRows: 10_000 },
    // Prices of neighbouring half hours move together: a day, or half of it, is one piece of evidence.
    monitor: { windowRows: 4 * weekRows, labelDelayRows: weekRows, lossBlockRows: dayRows },
    // "Same as last" knows the label of the half hour before, which here arrives a day late: it is shown, not required.
    gate: { baselines: 'report', allowNonInferior: 'simpler' },
    // Either of two models is the better one by points for days on end here: one point in a few weeks is no news.
    probation: {
      blockLabels: halfDayRows,
      margin: 0.02,
      horizonLabels: 4 * weekRows,
      extendLabels: 2 * weekRows,
      maxExtensions: 2,
    },
  },
});
