import { describe, expect, it } from 'vitest';
import { defaultDriftPolicy } from '../../../domain/drift/policy.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { judgeInputs } from '../../../domain/monitoring/judge-inputs.ts';
import { buildReference } from '../../../domain/monitoring/reference.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';

const rows = 3_000;
const features = [
  { name: 'load', type: 'numeric' },
  { name: 'price', type: 'numeric' },
] as const;

function table(load: (u: number) => number, price: (u: number) => number, seed: number): Table {
  const random = createRng(seed);
  const column = (of: (u: number) => number) =>
    ({ kind: 'numeric', values: Float64Array.from({ length: rows }, () => of(random())) }) as const;
  return { rowCount: rows, columns: { load: column(load), price: column(price) } };
}

/** Probabilities spread around one half: the wider, the surer the model. */
function outputs(width: number, seed: number) {
  const random = createRng(seed);
  return { width: 1, values: Float64Array.from({ length: rows }, () => 0.5 + (random() - 0.5) * width) };
}

const same = (u: number) => u;
const schema: DataSchema = { features, label: 'up', classes: ['0', '1'] };
const sure = outputs(0.9, 1);
const random = createRng(2);
const labels = Float64Array.from(sure.values, (p) => (random() < p ? 1 : 0));
const evidence = { task: 'binary', schema, inputs: table(same, same, 3), outputs: sure, labels } as const;
const reference = buildReference(evidence);

describe('judgeInputs, on performance that is estimated', () => {
  it('is silent where the predictions are as sure as they were', () => {
    const window = { task: 'binary', inputs: table(same, same, 4), outputs: outputs(0.9, 5), reference } as const;
    expect(judgeInputs(window, defaultDriftPolicy).signals).toEqual([]);
  });

  it('signals where they are much less sure, with the metrics that suffer', () => {
    const window = { task: 'binary', inputs: table(same, same, 4), outputs: outputs(0.3, 5), reference } as const;
    const found = judgeInputs(window, defaultDriftPolicy).signals.find(({ kind }) => kind === 'estimated-performance')!;
    expect(found.sources).toEqual(['accuracy', 'rocAuc']);
    expect(found.reason).toMatch(
      /^the champion's accuracy is about 0\.5\d\d; on its holdout it was 0\.7\d\d, and below 0\./,
    );
  });

  it('estimates a regression by its inputs', () => {
    const inputs = table(same, same, 6);
    const { load } = inputs.columns;
    const noise = createRng(7);
    const values = new Float64Array(rows);
    const targets = values.map((_, row) => (noise() - 0.5) * (load!.values[row] as number));
    const regression = buildReference({
      ...evidence,
      task: 'regression',
      schema: { ...schema, classes: [] },
      outputs: { width: 1, values },
      labels: targets,
      holdoutInputs: inputs,
    });
    const later = { task: 'regression', outputs: { width: 1, values }, reference: regression } as const;
    const hard = judgeInputs({ ...later, inputs: table((u) => 0.7 + 0.3 * u, same, 8) }, defaultDriftPolicy);
    expect(hard.signals).toMatchObject([
      { kind: 'data-drift', sources: ['load'] },
      { kind: 'estimated-performance', sources: ['rootMeanSquaredError'] },
    ]);
  });

  it('says nothing where the holdout was too small to learn from', () => {
    const { estimator: _, ...without } = reference;
    const window = {
      task: 'binary',
      inputs: table(same, same, 4),
      outputs: outputs(0.3, 5),
      reference: without,
    } as const;
    const kinds = judgeInputs(window, defaultDriftPolicy).signals.map(({ kind }) => kind);
    expect(kinds).not.toContain('estimated-performance');
  });
});

describe('judgeInputs, on what drifted first', () => {
  const inputs = table(
    (u) => u * 0.5,
    (u) => u + 0.2,
    9,
  );

  it('goes by the effect where nothing is known of importance', () => {
    const [found] = judgeInputs({ task: 'binary', inputs, outputs: sure, reference }, defaultDriftPolicy).signals;
    expect(found!.sources).toEqual(['load', 'price']);
  });

  it('goes by importance × effect where it is, and puts last what the version does not use', () => {
    const known = buildReference({ ...evidence, importances: { price: 0.4 } });
    const [found] = judgeInputs(
      { task: 'binary', inputs, outputs: sure, reference: known },
      defaultDriftPolicy,
    ).signals;
    expect(found!.sources).toEqual(['price', 'load']);
  });
});
