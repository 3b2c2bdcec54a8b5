import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { createControlActivities, createTrainingActivities } from '../../../activities/index.ts';
import { loadProject } from '../../../config/load-project.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import { homeAt } from '../../../config/home.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { noExams } from '../../../domain/lifecycle/exams.ts';
import type { RetrainMode, RetrainResult } from '../../../domain/lifecycle/results.ts';
import type { Signal } from '../../../domain/lifecycle/signals.ts';
import type { Policy } from '../../../domain/project.ts';
import { beginLossWatch } from '../../../domain/outcomes/watch-losses.ts';
import type { Table } from '../../../domain/table.ts';
import { compose } from '../../../worker/compose.ts';
import { temporaryFolder } from '../../support/folders.ts';

/** Each test trains several networks, on a machine that does other things as well. */
const slow = 240_000;

interface Row {
  readonly heat: number;
  readonly load: number;
  readonly label: 'low' | 'high';
}

/** The chance of `high` rises with heat and load; `shift` makes it rarer or more frequent, in the same order; `turn` turns heat round. */
function drawRows(count: number, seed: number, { shift = 0, turn = 1 } = {}): Row[] {
  const random = createRng(seed);
  return Array.from({ length: count }, () => {
    const [heat, load] = [6 * random() - 3, 6 * random() - 3];
    const chance = 1 / (1 + Math.exp(-(turn * heat + load + shift)));
    return { heat, load, label: random() < chance ? 'high' : 'low' };
  });
}

const toTable = (rows: readonly Row[]): Table => ({
  rowCount: rows.length,
  columns: {
    heat: { kind: 'numeric', values: Float64Array.from(rows, ({ heat }) => heat) },
    load: { kind: 'numeric', values: Float64Array.from(rows, ({ load }) => load) },
  },
});

const drift: Signal = { kind: 'performance-drift', reason: 'the loss rose', atMs: 0, sources: ['adwin'] };

let folder: string;
let deps: Dependencies;
let project: { model: string; directory: string };
let policy: Policy;

beforeEach(async () => {
  folder = await temporaryFolder();
  deps = await compose(homeAt(folder));
  project = { model: 'heats', directory: join(folder, 'project') };
  await mkdir(project.directory);
  const lines = drawRows(4_000, 1).map(({ heat, load, label }) => `${heat},${load},${label}`);
  await writeFile(join(project.directory, 'rows.csv'), ['heat,load,level', ...lines].join('\n'));
  const config = {
    name: project.model,
    data: { path: 'rows.csv', label: 'level' },
    training: { networks: [{ name: 'linear', learningRate: 0.05 }], windows: ['all'], maxEpochs: 5 },
    policy: { monitor: { windowRows: 1_500, labelDelayRows: 100 }, gate: { baselines: 'report' } },
  };
  await writeFile(join(project.directory, 'incumbent.config.json'), JSON.stringify(config));
  ({ policy } = await loadProject(project.directory));
});

async function run(
  decisionId: string,
  champion: string | null,
  mode: RetrainMode,
  isAskedFor = false,
): Promise<RetrainResult> {
  const control = createControlActivities(deps);
  const aim = { project, policy, decisionId, champion };
  const freshAfterKey = champion === null ? null : 'history:00003999';
  const taken = await control.takeSnapshot({ ...aim, mode, isAskedFor, trainingData: null, freshAfterKey });
  if (taken.outcome === 'blocked') throw new Error(taken.reason);
  const { snapshotId, fingerprint, candidates } = taken;
  const trained = await Promise.all(
    candidates.map((candidate) =>
      createTrainingActivities(deps).trainCandidate({ ...aim, snapshotId, candidate, refit: null }),
    ),
  );
  return await control.faceChampion({ ...aim, snapshotId, fingerprint, quarantined: [], trained, exams: noExams });
}

/** The champion answers the rows, and what comes of them becomes known. */
async function serve(
  rows: readonly Row[],
  version: string,
  change: (row: Row) => object = ({ heat, load }) => ({ heat, load }),
): Promise<void> {
  const model = await loadModel(await deps.registry.fetchPackage(project.model, version));
  const { values } = await model.predict(toTable(rows));
  model.dispose();
  const log = await openPredictionLog({ directory: homeAt(folder).store, replicaId: 'one' });
  const id = (index: number) => `p${String(index).padStart(8, '0')}`;
  await log.appendPredictions(
    project.model,
    rows.map((row, index) => ({
      id: id(index),
      atMs: index,
      eventMs: null,
      version,
      features: change(row) as Record<string, number | null>,
      output: [values[index]!],
      shadow: null,
      requestId: 'r',
      latencyMs: 1,
    })),
  );
  await log.appendLabels(
    project.model,
    rows.map(({ label }, index) => ({ id: id(index), label, atMs: index })),
  );
  await log.close();
}

async function crown(): Promise<string> {
  const { version } = await run('first', null, 'train');
  await deps.registry.setAlias(project.model, 'champion', version);
  return version!;
}

const triage = (champion: string, signals = [drift], given = policy) =>
  createControlActivities(deps).judgeSignals({ project, policy: given, champion, signals });

describe('from a signal to a recalibrated challenger', { timeout: slow }, () => {
  it('recalibrates a champion whose ranking holds, with the same weights, and passes the gate', async () => {
    const champion = await crown();
    // The examples that its candidates shared are gone.
    expect(await readdir(join(homeAt(folder).work, 'first'))).toEqual(['linear_all']);
    await serve(drawRows(3_000, 2, { shift: -1.8 }), champion);
    const judged = await triage(champion);
    expect(judged).toMatchObject({ action: 'recalibrate', checks: [{ outcome: 'pass' }, { outcome: 'fail' }] });
    expect(judged.reason).toMatch(/^recalibrating, because the loss rose; the ranking holds .*, calibration is lost/);

    const result = await run('second', champion, 'recalibrate');
    expect(result).toMatchObject({ outcome: 'pass', version: '2', trainings: 1 });
    expect(result.candidateId).toMatch(/^recalibrated\/(logistic|isotonic)$/);
    const [old, fresh] = await Promise.all(
      ['1', '2'].map((version) => deps.registry.getVersion(project.model, version)),
    );
    expect(fresh!.tags['weightsSha256']).toBe(old!.tags['weightsSha256']);
    expect([old!.tags['export'], fresh!.tags['export']]).toEqual(['onnx', 'onnx']);
    const model = await loadModel(await deps.registry.fetchPackage(project.model, '2'));
    expect(await model.verifyGolden()).toBeLessThan(policy.serving.goldenTolerance);
    model.dispose();
  });

  it('retrains where the ranking is lost', async () => {
    const champion = await crown();
    await serve(drawRows(3_000, 3, { turn: -1 }), champion);
    expect(await triage(champion)).toMatchObject({ action: 'retrain', checks: [{ outcome: 'fail' }] });
  });

  it('does not recalibrate again what a recalibration did not help', async () => {
    const champion = await crown();
    await serve(drawRows(3_000, 2, { shift: -1.8 }), champion);
    const note = (id: string, kind: string) =>
      deps.ledger.append(project.model, { id, kind, atMs: 0, summary: '', evidence: null });
    await note('a/done', 'promotion');
    await note('b/triage', 'triage: recalibrate');
    expect((await triage(champion)).action).toBe('retrain');
    await note('c/done', 'promotion');
    expect((await triage(champion)).action).toBe('recalibrate');
  });

  it('weighs a retraining where costs are given, and judges without evidence where there are no outcomes', async () => {
    const champion = await crown();
    expect(await triage(champion)).toEqual({ action: 'retrain', reason: 'retraining, because the loss rose' });
    await serve(drawRows(3_000, 4), champion);
    const costs = { lossUnit: 1, training: 1e6, gate: 0, rollback: 0 };
    const judged = await triage(champion, [drift], { ...policy, triage: { ...policy.triage, costs } });
    expect(judged).toMatchObject({ action: 'nothing', payback: { pays: false, predictions: 1_000 } });
  });

  it('begins the snapshot as soon as triage calls for it, and takes it anew where something was changed', async () => {
    const champion = await crown();
    await serve(drawRows(3_000, 3, { turn: -1 }), champion);
    const writes: string[] = [];
    const store: Dependencies['store'] = {
      ...deps.store,
      async writeSnapshot(...args) {
        const snapshot = await deps.store.writeSnapshot(...args);
        writes.push(snapshot.id);
        if (writes.length === 1) throw new Error('the disk is full');
        return snapshot;
      },
    };
    const control = createControlActivities({ ...deps, store });
    const aim = { project, policy, champion };
    const planned = { decisionId: 'second', trainingData: null, freshAfterKey: 'history:00003999' };
    const begin = () => control.judgeSignals({ ...aim, signals: [drift], run: planned });
    const ask = (more: object = {}) =>
      control.takeSnapshot({ ...aim, ...planned, mode: 'train', isAskedFor: false, ...more });

    // What went wrong ahead is tried again when it is asked for.
    expect((await begin()).action).toBe('retrain');
    const taken = await ask();
    expect(taken).toMatchObject({ outcome: 'taken', snapshotId: writes[0] });
    expect(writes).toHaveLength(2);
    // What is there is not taken again; a second try takes it anew.
    await begin();
    expect(await ask()).toEqual(taken);
    expect(writes).toHaveLength(3);
    // So are the examples to train on.
    await vi.waitFor(
      async () => expect(await readdir(join(homeAt(folder).work, 'second', 'examples'))).toHaveLength(1),
      20_000,
    );
    expect(await ask()).toEqual(taken);
    expect(writes).toHaveLength(4);
    // Another question than the one that was foreseen.
    await begin();
    expect(await ask({ freshAfterKey: null })).not.toEqual(taken);
    await vi.waitFor(() => expect(writes).toHaveLength(6));
    // Nothing is begun where nothing is called for, nor for whoever didn't say for which run.
    await control.judgeSignals({ ...aim, signals: [{ ...drift, kind: 'data-drift' }], run: planned });
    await control.judgeSignals({ ...aim, signals: [drift] });
    await ask();
    expect(writes).toHaveLength(7);
  });

  it('sees a break in the data, and trains on no such rows unless a person asks', async () => {
    const champion = await crown();
    await serve(drawRows(3_000, 5), champion, ({ heat, load }) => ({ heat: heat * 1_000, load }));
    await deps.cursors.write(project.model, {
      champion,
      lastId: null,
      watch: beginLossWatch('auto'),
      driftAtRows: 0,
    });
    const { signals } = await createControlActivities(deps).observe({ project });
    const broken = signals.find(({ kind }) => kind === 'data-quality');
    // That it leaves its range has lasted, and says no more by itself; a unit is never got used to.
    expect(broken?.sources).toEqual(['unit:heat']);
    expect((await triage(champion, [broken!, drift])).action).toBe('fix-data');
    await expect(run('second', champion, 'train')).rejects.toThrow(
      /^the newest labelled rows are broken: heat is in another unit: 1000 times as large/,
    );
    expect((await run('third', champion, 'train', true)).outcome).toMatch(/pass|fail|inconclusive/);
  });
});
