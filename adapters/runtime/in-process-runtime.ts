import type { EpochReport, ModelRuntime } from '../ports/model-runtime.ts';
import { blend } from './blend.ts';
import { followPackage } from './follow-package.ts';
import { measureBytes } from './measure-costs.ts';
import { defaultExamplesMb } from './open-examples.ts';
import { prepareExamples, removeExamples, removeWork } from './prepare-examples.ts';
import type { SnapshotRows } from './protocol.ts';
import { recalibrate } from './recalibrate.ts';
import { scoreSnapshot, scoreTables } from './score-snapshot.ts';
import { separateFromSnapshot } from './separate-windows.ts';
import { trainCandidate } from './train-candidate.ts';

/** Trains and scores in this very process, one call after another: for a process that does nothing else. */
export function createInProcessRuntime(rows: SnapshotRows, memoryMb = defaultExamplesMb()): ModelRuntime {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    train: (job, { resumeFrom, onEpoch }) =>
      inTurn(() => {
        const report = (one: EpochReport) => Promise.resolve(onEpoch(one));
        return trainCandidate(job, rows, {
          resumeFrom,
          memoryMb,
          onPrepared: () => Promise.resolve(),
          onEpoch: report,
        });
      }),
    recalibrate: (job) => inTurn(() => recalibrate(job, rows)),
    follow: (job) => inTurn(() => followPackage(job)),
    blend: (job) => inTurn(() => blend(job, rows)),
    score: (packageDirectory, snapshot, range) => inTurn(() => scoreSnapshot(packageDirectory, rows, snapshot, range)),
    scoreTable: (packageDirectories, table) => inTurn(() => scoreTables(packageDirectories, table)),
    // By size alone: time would make two runs differ.
    measureCosts: ({ packageDirectories }) =>
      Promise.all(packageDirectories.map(async (one) => ({ bytes: await measureBytes(one), speed: null }))),
    // They order the list of what drifted and decide nothing: a backtest needn't pay for them.
    measureImportances: () => Promise.resolve(null),
    separate: (job) => inTurn(() => separateFromSnapshot(job, rows)),
    prepare: (job) => inTurn(() => prepareExamples(job, rows)),
    endRun: removeExamples,
    forget: removeWork,
  };
}
