import type { Bench } from './options.ts';
import { measureAdwin } from './sections/adwin.ts';
import { measureBootstrap } from './sections/bootstrap.ts';
import { measureDashboard } from './sections/dashboard.ts';
import { measureDrift } from './sections/drift.ts';
import { measureLatency } from './sections/latency.ts';
import { measureMemory } from './sections/memory.ts';
import { measureMlflow } from './sections/mlflow.ts';
import { measureReport } from './sections/report.ts';
import { measureServing } from './sections/serving.ts';
import { measureRetraining } from './sections/retraining.ts';
import { measureServingBulk } from './sections/serving-bulk.ts';
import { measureServingMemory } from './sections/serving-memory.ts';
import { measureServingSwaps } from './sections/serving-swaps.ts';
import { measureTraining } from './sections/training.ts';
import { measureWarmPool } from './sections/warm-pool.ts';

/** By name, in the order in which they run. */
export const benches: Readonly<Record<string, Bench>> = {
  drift: { measure: measureDrift, peers: 'drift' },
  adwin: { measure: measureAdwin, peers: 'drift' },
  bootstrap: { measure: measureBootstrap, peers: null },
  memory: { measure: measureMemory, peers: null },
  training: { measure: measureTraining, peers: 'training' },
  pool: { measure: measureWarmPool, peers: null },
  latency: { measure: measureLatency, peers: null },
  retraining: { measure: measureRetraining, peers: 'training' },
  report: { measure: measureReport, peers: null },
  dashboard: { measure: measureDashboard, peers: null },
  serving: { measure: measureServing, peers: 'serving' },
  'serving-bulk': { measure: measureServingBulk, peers: null },
  'serving-swaps': { measure: measureServingSwaps, peers: null },
  'serving-memory': { measure: measureServingMemory, peers: null },
  mlflow: { measure: measureMlflow, peers: null },
};
