import type { EpochReport } from '../../adapters/ports/model-runtime.ts';
import type { MetricPoint, RunKey } from '../../adapters/ports/tracking.ts';
import type { Dependencies } from '../dependencies.ts';
import { logNewPoints, tellRun } from './tell-run.ts';

export interface EpochTeller {
  /** Returns at once: training doesn't wait for what is told of it. */
  readonly tell: (report: EpochReport) => void;
  /** Resolves when all that was told is on disk. */
  readonly done: () => Promise<void>;
}

/** Tells a run its losses after each epoch, once it has `begun`; those that come while others are written go together. */
export function tellEpochs(deps: Dependencies, run: RunKey, begun: Promise<void>): EpochTeller {
  let waiting: MetricPoint[] = [];
  let writing: Promise<void> | null = null;

  const write = async (): Promise<void> => {
    await begun;
    while (waiting.length > 0) {
      const points = waiting;
      waiting = [];
      await tellRun(deps, run, (tracking) => logNewPoints(tracking, run, points));
    }
    writing = null;
  };
  return {
    tell({ epoch, trainLoss, validationLoss }) {
      const atMs = Date.now();
      waiting.push({ name: 'trainLoss', value: trainLoss, step: epoch, atMs });
      waiting.push({ name: 'validationLoss', value: validationLoss, step: epoch, atMs });
      writing ??= write();
    },
    done: () => writing ?? begun,
  };
}
