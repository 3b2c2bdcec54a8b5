import { bestSchedules, cheapest, type Schedule } from './best-schedule.ts';
import type { PolicyReport } from './play.ts';
import type { ServedLosses } from './score-served.ts';

/** How much more than the best schedule in hindsight a policy cost; losses are wrong answers, or for a regression squared errors in labels' variances. */
export interface Regret {
  readonly policy: string;
  readonly loss: number;
  readonly retrainings: number;
  /** Loss and retrainings together. */
  readonly cost: number;
  readonly regret: number;
}

export interface HindsightSchedule {
  readonly retrainings: number;
  readonly loss: number;
  /** The metric that comes first for the task: accuracy, or RMSE. */
  readonly quality: number;
}

/** What could have been had, by whoever knew the future, with the models that the replays trained. */
export interface Hindsight {
  /** Of one retraining, in units of loss. */
  readonly trainingCost: number;
  readonly models: number;
  readonly best: HindsightSchedule & { readonly cost: number; readonly retrainedAfter: readonly number[] };
  /** The least loss by number of retrainings. */
  readonly byRetrainings: readonly HindsightSchedule[];
  readonly policies: readonly Regret[];
}

interface Replay {
  readonly report: PolicyReport;
  readonly losses: ServedLosses;
}

/**
 * Regret against the best schedule in hindsight. It chooses among the models that were trained in any of the replays, each from the block after it was trained on;
 * it never goes back to an older one. A policy that rolled back may therefore, rarely, come out below it.
 */
export function measureRegret(replays: readonly Replay[], trainingCost: number): Hindsight {
  const [first] = replays;
  if (first === undefined) throw new Error('there is no replay to measure regret of');
  const models = replays.flatMap(({ losses }) => losses.models);
  const { blocks, rows } = first.report;
  const schedules = bestSchedules(models, blocks.length);
  const best = cheapest(schedules, trainingCost);
  const describe = ({ retrainings, loss }: Schedule): HindsightSchedule => ({
    retrainings,
    loss,
    quality: 'accuracy' in first.report.quality ? 1 - loss / rows : Math.sqrt((loss * first.losses.unit) / rows),
  });
  const costOf = (loss: number, retrainings: number): number => loss + trainingCost * retrainings;
  const cost = costOf(best.loss, best.retrainings);
  return {
    trainingCost,
    models: models.length,
    best: { ...describe(best), cost, retrainedAfter: best.stretches.slice(1).map(({ from }) => from) },
    byRetrainings: schedules.map(describe),
    policies: replays.map(({ report: { policy, retrainings }, losses: { served } }) => {
      const own = costOf(served, retrainings);
      return { policy, loss: served, retrainings, cost: own, regret: own - cost };
    }),
  };
}
