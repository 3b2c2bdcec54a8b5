import { trainCandidatesInKeras } from '../keras-candidates.ts';
import { startLiveModel } from '../live-model.ts';
import type { BenchOptions } from '../options.ts';
import { formatFigure, median, type Row, type Section } from '../report.ts';
import { coveredMs, type RunTimes, type Stretch } from '../run-times.ts';

/** Of the 45,312 rows; the others are served before each retraining. */
const firstRows = 36_000;
const mostShare = 0.25;

/** What a retraining of six candidates costs beside its training, activity by activity. */
export async function measureRetraining({ runs }: BenchOptions): Promise<Section> {
  const live = await startLiveModel({ firstRows });
  try {
    await live.retrainOnce();
    const measured: RunTimes[] = [];
    for (let run = 1; run <= Math.min(runs, 5); run += 1) {
      process.stderr.write(`retraining: run ${run} of ${runs}\n`);
      measured.push(await live.retrainOnce());
    }
    const keras = await trainCandidatesInKeras(live, measured.at(-1)!);
    const kerasMs = 1_000 * keras.reduce((sum, { seconds }) => sum + seconds, 0);
    const ratios = measured.map((times) => otherMs(times) / trainingMs(times));
    const names = [...new Set(measured.flatMap(({ activities }) => activities.map(({ name }) => name)))];
    return {
      title: 'A retraining run beside its training',
      setting:
        `elec2, ${firstRows.toLocaleString('en-US')} rows and four weeks more before each run, six candidates by the defaults; dev server, worker and prediction service as \`incumbent start\` runs them. ` +
        'Training is the time in which at least one candidate takes its epochs, validation included; activities that run side by side count once.',
      rows: [
        { name: 'the run', unit: 'ms', values: measured.map(({ run }) => run.to - run.from) },
        { name: 'training in it', unit: 'ms', values: measured.map(trainingMs) },
        { name: 'all but training', unit: 'ms', values: measured.map(otherMs) },
        ...names.map((name): Row => ({ name: `while ${name} ran`, unit: 'ms', values: measured.map(busyMs(name)) })),
        { name: 'candidates', unit: 'trained', values: measured.map(({ trained }) => trained.length) },
        { name: 'all but training, by training', unit: '×', values: ratios },
        { name: 'the candidates of the last run in Keras', unit: 'ms', values: [kerasMs] },
      ],
      findings: [
        `All but training takes ${formatFigure(median(ratios))} of the time of training (median); at most ${mostShare} is wanted.`,
        `Keras trains the same candidates in ${formatFigure(kerasMs)} ms, one after another and without validation: all but training takes ${formatFigure(median(measured.map(otherMs)) / kerasMs)} of that.`,
      ],
    };
  } finally {
    await live.stop();
  }
}

function trainingMs({ trained }: RunTimes): number {
  return coveredMs(
    trained.flatMap(({ beganAtMs, trainSeconds }): Stretch[] =>
      beganAtMs === null ? [] : [{ from: beganAtMs, to: beganAtMs + 1_000 * trainSeconds }],
    ),
  );
}

const otherMs = (times: RunTimes): number => times.run.to - times.run.from - trainingMs(times);

const busyMs =
  (name: string) =>
  ({ activities }: RunTimes): number =>
    coveredMs(
      activities
        .filter((one) => one.name === name)
        .map(({ startedAtMs, endedAtMs }) => ({ from: startedAtMs, to: endedAtMs })),
    );
