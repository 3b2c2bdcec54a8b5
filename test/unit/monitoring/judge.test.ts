import { describe, expect, it } from 'vitest';
import { defaultDriftPolicy } from '../../../domain/drift/policy.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { judgeInputs, judgeOutcomes } from '../../../domain/monitoring/judge.ts';
import { buildReference } from '../../../domain/monitoring/reference.ts';
import { initialAdwin } from '../../../domain/outcomes/adwin.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';
import { testPolicy } from '../../support/policy.ts';

const schema: DataSchema = { features: [{ name: 'load', type: 'numeric' }], label: 'up', classes: ['0', '1'] };
const rows = 3_000;

function tableAround(center: number, seed: number): Table {
  const random = createRng(seed);
  return {
    rowCount: rows,
    columns: { load: { kind: 'numeric', values: Float64Array.from({ length: rows }, () => center + random()) } },
  };
}

function outputs(seed: number, power = 1): { width: number; values: Float64Array } {
  const random = createRng(seed);
  return { width: 1, values: Float64Array.from({ length: rows }, () => random() ** power) };
}

const labels = new Float64Array(rows);
const reference = buildReference({
  task: 'binary',
  schema,
  inputs: tableAround(0, 1),
  outputs: outputs(2),
  labels,
});

describe('judgeInputs', () => {
  it('is silent where nothing has changed', () => {
    const window = { task: 'binary', inputs: tableAround(0, 3), outputs: outputs(4), reference } as const;
    expect(judgeInputs(window, defaultDriftPolicy).signals).toEqual([]);
  });

  it('signals inputs and predictions that have drifted, each by its own kind', () => {
    const window = { task: 'binary', inputs: tableAround(0.5, 3), outputs: outputs(4, 3), reference } as const;
    const { signals } = judgeInputs(window, defaultDriftPolicy);
    expect(signals.map(({ kind, sources }) => [kind, sources])).toEqual([
      ['data-drift', ['load']],
      ['prediction-drift', ['prediction']],
    ]);
  });
});

/** Outcomes of a champion that errs at `rate`; a label of NaN has not arrived. */
function outcomes(rate: number, seed: number, version = '1') {
  const random = createRng(seed);
  return {
    versions: Array.from({ length: rows }, () => version),
    outputs: { width: 1, values: new Float64Array(rows) },
    labels: Float64Array.from({ length: rows }, () => (random() < rate ? 1 : 0)),
  };
}

const question = { champion: '1', task: 'binary', lossScale: 1, policy: testPolicy.monitor } as const;

describe('judgeOutcomes', () => {
  it('signals when the loss has risen, over the boundary of two looks', () => {
    const before = judgeOutcomes(outcomes(0.1, 1), question, initialAdwin());
    expect(before.signals).toEqual([]);
    const after = judgeOutcomes(outcomes(0.3, 2), question, before.adwin);
    expect(after.signals).toMatchObject([{ kind: 'performance-drift' }]);
  });

  it('does not signal when the loss has fallen', () => {
    const before = judgeOutcomes(outcomes(0.3, 1), question, initialAdwin());
    expect(judgeOutcomes(outcomes(0.1, 2), question, before.adwin).signals).toEqual([]);
  });

  it('leaves out what another version answered', () => {
    const before = judgeOutcomes(outcomes(0.1, 1), question, initialAdwin());
    expect(judgeOutcomes(outcomes(0.9, 2, '0'), question, before.adwin).signals).toEqual([]);
  });

  it('waits for labels, and says so when they stop coming', () => {
    const silent = { ...outcomes(0.1, 1), labels: new Float64Array(rows).fill(Number.NaN) };
    const seen = judgeOutcomes(silent, question, initialAdwin());
    expect(seen.matureRows).toBeLessThan(rows);
    expect(seen.signals).toMatchObject([{ kind: 'data-quality', sources: ['label-feed'] }]);
  });
});
