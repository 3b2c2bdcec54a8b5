import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { TrainingJob } from '../../../adapters/ports/model-runtime.ts';
import { examplesDirectory, isPrepared } from '../../../adapters/runtime/example-paths.ts';
import { toExamples, weighClasses, countClasses } from '../../../adapters/runtime/examples.ts';
import { pickGoldenRows } from '../../../adapters/runtime/golden.ts';
import { createInProcessRuntime } from '../../../adapters/runtime/in-process-runtime.ts';
import { openExamples } from '../../../adapters/runtime/open-examples.ts';
import { prepareExamples } from '../../../adapters/runtime/prepare-examples.ts';
import { createSharedTurns } from '../../../adapters/runtime/share-examples.ts';
import { fitPreprocessing } from '../../../domain/preprocessing/fit.ts';
import { fitLabelScale } from '../../../domain/preprocessing/label-scale.ts';
import { openRows, type Problem } from './generated-rows.ts';
import { jobFor, runtime, train } from './jobs.ts';

const rows = await openRows('');

/** Preprocessed at once, without any file. */
async function atOnce({ task, snapshot, train: range, validation }: TrainingJob) {
  const { schema } = snapshot;
  const [learned, checked] = [await rows.readSnapshot(snapshot, range), await rows.readSnapshot(snapshot, validation)];
  const features = fitPreprocessing(learned.table, schema, { from: 0, to: learned.table.rowCount });
  const label = fitLabelScale(task, learned.labels);
  const counts = countClasses(learned.labels, schema);
  return {
    preprocessing: { features, label },
    goldenRows: pickGoldenRows(schema, checked.table),
    train: toExamples(learned, features, label, schema),
    validation: toExamples(checked, features, label, schema),
    rowWeights:
      weighClasses(counts, true) && Float32Array.from(learned.labels, (one) => weighClasses(counts, true)![one]!),
  };
}

describe('the examples of a run', () => {
  it.each<Problem>(['ring', 'sectors', 'price'])(
    'of %s hold what all rows at once give, bit for bit',
    async (problem) => {
      const job = await jobFor(problem, { classWeights: true });
      const expected = await atOnce(job);
      const { about, train: trained, validation, release } = await openExamples(job, rows, 64);
      const [[whole], [checked]] = [[...trained.inOrder()], [...validation.inOrder()]];
      expect(about.preprocessing).toEqual(expected.preprocessing);
      expect(about.goldenRows).toEqual(expected.goldenRows);
      expect(whole).toEqual({ ...expected.train, rowWeights: expected.rowWeights });
      expect(checked).toEqual(expected.validation);
      release();
    },
  );

  it('are the same in memory of this process, where the addon is missing', async () => {
    const job = await jobFor('ring');
    const mapped = await openExamples(job, rows, 64);
    vi.resetModules();
    vi.stubEnv('INCUMBENT_KERNELS', 'none');
    const { openExamples: openPlainly } = await import('../../../adapters/runtime/open-examples.ts');
    const read = await openPlainly(job, rows, 64);
    vi.unstubAllEnvs();
    expect([...read.train.inOrder()]).toEqual([...mapped.train.inOrder()]);
    read.release();
    mapped.release();
  });

  it('are let go when nobody uses them any more', async () => {
    const job = await jobFor('ring');
    const opened = await openExamples(job, rows, 64);
    const { inputs } = [...opened.train.inOrder()][0]!;
    expect(inputs.length).toBeGreaterThan(0);
    opened.release();
    expect(inputs.length).toBe(0);
  });

  it('are read in pieces of columns and of rows to the same bits', async () => {
    const job = await jobFor('price');
    const asked: string[] = [];
    const counted: typeof rows = {
      ...rows,
      readSnapshotColumns: (snapshot, features, range) => {
        asked.push(`${features.length} columns of ${range.to - range.from} rows`);
        return rows.readSnapshotColumns(snapshot, features, range);
      },
    };
    await prepareExamples(job, counted, 20_000);
    const pieces = await openExamples(job, rows, 64);
    const expected = await atOnce(job);
    expect(asked).toContain('2 columns of 1000 rows');
    expect(asked.filter((one) => one.startsWith('5 columns')).length).toBeGreaterThan(3);
    expect(pieces.about.preprocessing).toEqual(expected.preprocessing);
    expect(pieces.about.goldenRows).toEqual(expected.goldenRows);
    expect([...pieces.train.inOrder()]).toEqual([expected.train]);
    expect([...pieces.validation.inOrder()]).toEqual([expected.validation]);
    pieces.release();
  });

  it('are written once for all candidates of the same parts, and gone when the run ends', async () => {
    const job = await jobFor('ring', { maxEpochs: 1 });
    const others = ['a', 'b', 'c'].map((id) => ({
      ...job,
      candidate: { ...job.candidate, id },
      workDirectory: `${job.workDirectory}/${id}`,
    }));
    await Promise.all(others.map((one) => train(one)));
    const written = readFileSync(`${examplesDirectory(job)}/about.bin`);
    expect(await readdir(`${job.sharedDirectory}/examples`)).toHaveLength(1);
    await train({ ...job, train: { from: 100, to: 1_000 } });
    expect(await readdir(`${job.sharedDirectory}/examples`)).toHaveLength(2);
    expect(readFileSync(`${examplesDirectory(job)}/about.bin`)).toEqual(written);
    await runtime.endRun(job.sharedDirectory);
    expect(existsSync(`${job.sharedDirectory}/examples`)).toBe(false);
    expect((await train(job)).weightsSha256).toHaveLength(64);
  });

  it('can be written ahead: who trains meanwhile waits for them, and learns the same', async () => {
    const job = await jobFor('ring', { maxEpochs: 1 });
    const { signal } = new AbortController();
    const ahead = runtime.prepare(job, signal);
    const first = await train(job);
    await ahead;
    const written = readFileSync(`${examplesDirectory(job)}/about.bin`);
    await runtime.prepare(job, signal);
    expect(readFileSync(`${examplesDirectory(job)}/about.bin`)).toEqual(written);
    const alone = await jobFor('ring', { maxEpochs: 1 });
    expect((await train(alone)).weightsSha256).toBe(first.weightsSha256);
  });

  it('that could not be written ahead are written by who trains', async () => {
    const job = await jobFor('ring', { maxEpochs: 1 });
    await expect(runtime.prepare({ ...job, train: { from: 0, to: 0 } }, new AbortController().signal)).rejects.toThrow(
      'The training part (rows 0 to 0) has 0 rows',
    );
    expect((await train(job)).weightsSha256).toHaveLength(64);
  });

  it('of several processes at once are one folder, and none is left half written', async () => {
    const job = await jobFor('ring');
    await Promise.all(Array.from({ length: 4 }, () => prepareExamples(job, rows)));
    expect(await readdir(`${job.sharedDirectory}/examples`)).toHaveLength(1);
    expect(isPrepared(job)).toBe(true);
  });
});

describe('candidates that wait for the same examples', () => {
  const never = new AbortController().signal;

  it('have them written by one, and wait no longer than that takes', async () => {
    const job = await jobFor('ring');
    const turns = createSharedTurns();
    const order: string[] = [];
    let others: Promise<void>[] = [];
    const first = turns.take(job, never, async (onPrepared) => {
      await prepareExamples(job, rows);
      order.push('written');
      onPrepared();
      // It still trains when the others have long begun.
      await Promise.all(others);
      order.push('the first is done');
    });
    others = ['b', 'c'].map((name) =>
      turns.take(job, never, () => {
        order.push(name);
        return Promise.resolve();
      }),
    );
    await first;
    expect(order).toEqual(['written', 'b', 'c', 'the first is done']);
  });

  it('take over from one that is cancelled, and hear of their own cancelling at once', async () => {
    const job = await jobFor('ring');
    const turns = createSharedTurns();
    let cancel = (): void => undefined;
    const first = turns.take(
      job,
      never,
      () => new Promise((_, reject) => (cancel = () => reject(new Error('stopped')))),
    );
    const waiting = turns.take(job, never, () => prepareExamples(job, rows));
    const impatient = new AbortController();
    const gone = turns.take(job, impatient.signal, () => Promise.resolve());
    impatient.abort(new Error('not needed'));
    await expect(gone).rejects.toThrow('not needed');
    await expect(turns.take(job, impatient.signal, () => Promise.resolve())).rejects.toThrow('not needed');
    expect(isPrepared(job)).toBe(false);
    cancel();
    await expect(first).rejects.toThrow('stopped');
    await waiting;
    expect(isPrepared(job)).toBe(true);
  });
});

describe('a candidate whose examples are larger than its memory', () => {
  /** Less than the examples take: they are streamed in several buffers a pass. */
  const memoryMb = 0.03;
  const streaming = createInProcessRuntime(rows, memoryMb);
  const options = { signal: new AbortController().signal, resumeFrom: null, onEpoch: () => undefined };

  it('trains by blocks as well as in memory, to the same bits each time', async () => {
    const job = await jobFor('ring', { maxEpochs: 20, patience: 20 });
    const whole = await train(job);
    const streamed = await streaming.train(job, options);
    const again = await streaming.train(job, options);
    const training = JSON.parse(readFileSync(`${streamed.packageDirectory}/training.json`, 'utf8')) as object;
    expect(training).toMatchObject({ streamedMb: memoryMb / 2 });
    expect(again.weightsSha256).toBe(streamed.weightsSha256);
    expect(streamed.weightsSha256).not.toBe(whole.weightsSha256);
    expect(Math.abs(streamed.validationLoss - whole.validationLoss)).toBeLessThan(0.05);
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const job = await jobFor('sectors', { maxEpochs: 5, patience: 5 });
    const whole = await streaming.train(job, options);
    let checkpoint = '';
    const stopped = streaming.train(job, {
      ...options,
      onEpoch: (report) => {
        checkpoint = report.checkpoint;
        if (report.epoch === 2) throw new Error('the worker died');
      },
    });
    await expect(stopped).rejects.toThrow('the worker died');
    const epochs: number[] = [];
    const resumed = await streaming.train(job, {
      ...options,
      resumeFrom: checkpoint,
      onEpoch: ({ epoch }) => epochs.push(epoch),
    });
    expect(epochs).toEqual([3, 4, 5]);
    expect(resumed.weightsSha256).toBe(whole.weightsSha256);
    expect(resumed.validationLoss).toBe(whole.validationLoss);
  });
});
