import type { Task } from './task.ts';

/** Loaded when it is asked for: what one task imports must not slow down the start of another. */
const tasks: Readonly<Record<string, () => Promise<Task>>> = {
  drift: async () => (await import('./tasks/drift.ts')).drift,
  adwin: async () => (await import('./tasks/adwin.ts')).adwin,
  bootstrap: async () => (await import('./tasks/bootstrap.ts')).bootstrap,
  report: async () => (await import('./tasks/report.ts')).report,
  dashboard: async () => (await import('./tasks/dashboard.ts')).dashboard,
  'train-memory': async () => (await import('./tasks/training-memory.ts')).trainMemory,
  'train-shared': async () => (await import('./tasks/training-memory.ts')).trainShared,
  'train-dense': async () => (await import('./tasks/training.ts')).trainDense,
  'train-tape': async () => (await import('./tasks/training.ts')).trainTape,
  'train-shipped': async () => (await import('./tasks/training.ts')).trainShipped,
  'warm-pool': async () => (await import('./tasks/warm-pool.ts')).warmPool,
  'mlflow-calls': async () => (await import('./tasks/mlflow-calls.ts')).mlflowCalls,
  'mlflow-artifact': async () => (await import('./tasks/mlflow-artifact.ts')).mlflowArtifact,
};

const [name = '', ...args] = process.argv.slice(2);
const task = await tasks[name]!();
const measured = await task(...args);
process.stdout.write(`${JSON.stringify({ ...measured, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
