import { describe, expect, it } from 'vitest';
import { defaultDriftPolicy } from '../../../domain/drift/policy.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { judgeInputs } from '../../../domain/monitoring/judge-inputs.ts';
import { buildReference } from '../../../domain/monitoring/reference.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';

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
