import { defineModel } from '../../config/define-model.ts';

/** Rows of a week: one every half hour. */
const weekRows = 336;

/** Does the price of electricity in New South Wales go up? A stream that drifts all the time. */
export default defineModel({
  name: 'electricity',
  data: { path: 'elec2.parquet', label: 'target' },
  training: { batchSize: 256, maxEpochs: 15, patience: 3 },
  policy: {
    retrain: {
      debounceMs: '200ms',
      cooldown: { rows: 3 * weekRows },
      minFreshLabels: 2 * weekRows,
      budget: { trainings: 13, per: { rows: 52 * weekRows } },
      every: { rows: 8 * weekRows },
    },
    monitor: { windowRows: 4 * weekRows, labelDelayRows: weekRows },
    // "Same as last" knows the label of the half hour before, which here arrives a day late: it is shown, not required.
    gate: { baselines: 'report', allowNonInferior: 'simpler' },
    probation: { horizonLabels: 8 * weekRows, extendLabels: 4 * weekRows },
  },
});
