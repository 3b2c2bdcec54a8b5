import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReports } from '../../adapters/report/file-reports.ts';
import { describeNumeric, countNumeric } from '../../domain/drift/numeric-histogram.ts';
import { judgeDrift } from '../../domain/drift/judge.ts';
import type { GateEvidence } from '../../domain/gate/evidence.ts';
import { createRng } from '../../domain/math/rng.ts';
import { buildRetrainingReport } from '../../domain/report/build.ts';
import { compareModels } from '../../domain/report/comparison.ts';
import { summarizeDrift } from '../../domain/report/drift-summary.ts';
import type { RetrainingEvidence } from '../../domain/report/evidence.ts';
import { startClock } from '../clock.ts';
import type { Task } from '../task.ts';

const features = 20;

/** From both models' answers to the holdout, and its inputs, to the page on disk. */
export const report: Task = async (rowCount = '0') => {
  const rows = Number(rowCount);
  const random = createRng(1);
  const draw = (): Float64Array => Float64Array.from({ length: rows }, () => random());
  const truth = draw();
  const guess = (noise: number) => ({
    width: 1,
    values: truth.map((p) => Math.min(1, Math.max(0, p + noise * (random() - 0.5)))),
  });
  const gate: GateEvidence = {
    task: 'binary',
    labels: truth.map((p) => Number(random() < p)),
    champion: guess(0.8),
    challenger: guess(0.4),
    trainingLabels: { kind: 'classes', counts: [1, 1] },
    challengerSimpler: false,
  };
  const references = Array.from({ length: features }, draw).map((values) => describeNumeric(values));
  const holdout = Array.from({ length: features }, draw);
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  const reports = openReports({ directory, temporalUi: null });

  const stop = startClock();
  const windows = references.map((reference, index) => ({
    name: `n${index}`,
    reference,
    current: countNumeric(reference.spec, holdout[index]!),
  }));
  const drift = summarizeDrift(judgeDrift({ features: windows }), windows);
  const ref = { kind: 'retraining', id: 'bench-0001' } as const;
  const evidence = { ...plainEvidence(rows), comparison: compareModels(gate, ['no', 'yes']), drift };
  await reports.keepEvidence('bench', ref, evidence);
  const result = { outcome: 'pass', reason: 'challenger is better', version: '2', checks: [] };
  const record = { id: 'bench-0001/gate', kind: 'gate: pass', atMs: 0, summary: 'better', evidence: result };
  const context = { model: 'bench', ref, record, ledger: [], links: [], problem: null };
  const { page } = await reports.write(buildRetrainingReport(context, evidence));
  const took = stop();

  await rm(directory, { recursive: true, force: true });
  return { ...took, bytes: page.length };
};

/** What costs nothing to show. */
function plainEvidence(rows: number): Omit<RetrainingEvidence, 'comparison' | 'drift'> {
  return {
    kind: 'retraining',
    gatheredAtMs: 0,
    champion: '1',
    importances: null,
    candidates: [],
    members: [],
    data: {
      snapshotId: 'bench',
      rows,
      trainRows: 0,
      validationRows: 0,
      holdoutRows: rows,
      firstKey: '',
      lastKey: '',
      range: null,
      label: 'y',
      features: [],
      classes: [],
      predictions: 0,
      labels: 0,
      labelDelayRows: 0,
      matureShare: 1,
    },
    costs: { challenger: { bytes: 0, speed: null }, champion: null },
  };
}
