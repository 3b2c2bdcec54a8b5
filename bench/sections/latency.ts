import { startLiveModel } from '../live-model.ts';
import type { BenchOptions } from '../options.ts';
import { formatFigure, median, type Row, type Section } from '../report.ts';
import type { RunTimes } from '../run-times.ts';

/** Thirteen weeks of half hours: what the first champion knows. */
const firstRows = 4_368;
const targetsMs = { activity: 100, step: 150 };

/** How long a signal waits for the first activity that it causes, and for the first step of training. */
export async function measureLatency({ runs }: BenchOptions): Promise<Section> {
  const live = await startLiveModel({ firstRows });
  try {
    // The first run compiles the worker's code and starts its processes: it is told apart.
    const first = await live.retrainOnce();
    const measured: RunTimes[] = [];
    for (let run = 1; run <= runs; run += 1) {
      process.stderr.write(`signal to step: run ${run} of ${runs}\n`);
      measured.push(await live.retrainOnce());
    }
    const activityMs = measured.map(untilFirstActivity);
    const stepMs = measured.map(untilFirstStep);
    return {
      title: 'From a signal to the first step of training',
      setting:
        'elec2, thirteen weeks and four more of fresh rows before each signal; dev server on a file, worker and prediction service as `incumbent start` runs them. Without debounce: how ' +
        "long to wait for further signals is the policy's. Times by the histories of lifecycle and run, and by the clock of the process that trains.",
      rows: [
        { name: 'signal to the first activity', unit: 'ms', values: activityMs },
        { name: 'signal to the first activity of the run', unit: 'ms', values: measured.map(untilSnapshot) },
        { name: 'signal to the first step of training', unit: 'ms', values: stepMs },
        ...measured.map(partsOf)[0]!.map(({ name }, part): Row => ({
          name: `of that: ${name}`,
          unit: 'ms',
          values: measured.map((one) => partsOf(one)[part]!.ms),
        })),
      ],
      findings: [
        describe('first activity', median(activityMs), targetsMs.activity),
        describe('first step', median(stepMs), targetsMs.step),
        `The first run of a fresh worker took its first step after ${formatFigure(untilFirstStep(first))} ms.`,
      ],
    };
  } finally {
    await live.stop();
  }
}

function describe(what: string, ms: number, targetMs: number): string {
  return `The ${what} comes ${formatFigure(ms)} ms after the signal (median); at most ${targetMs} ms are wanted.`;
}

const startsOf = (times: RunTimes, name: string): readonly number[] =>
  [...times.before, ...times.activities].filter((one) => one.name === name).map(({ startedAtMs }) => startedAtMs);

const untilFirstActivity = (times: RunTimes): number =>
  Math.min(...times.before.map(({ startedAtMs }) => startedAtMs)) - times.signaledAtMs;

const untilSnapshot = (times: RunTimes): number => startsOf(times, 'takeSnapshot')[0]! - times.signaledAtMs;

const firstStepAtMs = ({ trained }: RunTimes): number =>
  Math.min(...trained.map(({ beganAtMs }) => beganAtMs ?? Number.POSITIVE_INFINITY));

const untilFirstStep = (times: RunTimes): number => firstStepAtMs(times) - times.signaledAtMs;

/** The way in parts that follow each other. */
function partsOf(times: RunTimes): readonly { readonly name: string; readonly ms: number }[] {
  const named = (name: string) => [...times.before, ...times.activities].find((one) => one.name === name)!;
  const [triage, snapshot] = [named('judgeSignals'), named('takeSnapshot')];
  const trainingAtMs = Math.min(...startsOf(times, 'trainCandidate'));
  const marks = [
    { name: 'Temporal, to triage', atMs: triage.startedAtMs },
    { name: 'triage', atMs: triage.endedAtMs },
    { name: 'Temporal, to the snapshot', atMs: snapshot.startedAtMs },
    { name: 'what is left of the snapshot', atMs: snapshot.endedAtMs },
    { name: 'Temporal, to training', atMs: trainingAtMs },
    { name: 'what is left of preprocessing, the network', atMs: firstStepAtMs(times) },
  ];
  return marks.map(({ name, atMs }, at) => ({ name, ms: atMs - (marks[at - 1]?.atMs ?? times.signaledAtMs) }));
}
