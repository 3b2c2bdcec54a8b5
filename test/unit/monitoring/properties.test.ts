import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultDriftPolicy } from '../../../domain/drift/policy.ts';
import { judgeInputs } from '../../../domain/monitoring/judge-inputs.ts';
import { judgeOutcomes } from '../../../domain/monitoring/judge-outcomes.ts';
import { buildReference, type DriftReference } from '../../../domain/monitoring/reference.ts';
import { beginLossWatch } from '../../../domain/outcomes/watch-losses.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';
import type { Task } from '../../../domain/task.ts';
import { testPolicy } from '../../support/policy.ts';

const awkward = fc.oneof(
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1, 0.5, -1e308, 1e308, 5e-324),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const text = fc.oneof(fc.constantFrom('a', 'b', '__proto__', '', null), fc.string({ maxLength: 3 }));
const schema: DataSchema = {
  features: [
    { name: 'x', type: 'numeric' },
    { name: 'kind', type: 'categorical' },
  ],
  label: 'y',
  classes: [],
};

interface Rows {
  readonly table: Table;
  readonly outputs: Float64Array;
  readonly labels: Float64Array;
}

/** Ten rows, or a few hundred of the same awkward values over and over; sometimes all are the same. */
const someRows = fc
  .tuple(fc.array(fc.tuple(awkward, text, awkward, awkward), { maxLength: 12 }), fc.constantFrom(1, 40))
  .map(([seeds, times]): Rows => {
    const rows = Array.from({ length: times }, () => seeds).flat();
    const column = (of: 0 | 2 | 3) => Float64Array.from(rows, (row) => row[of]);
    const kinds = rows.map((row) => row[1]);
    const columns = {
      x: { kind: 'numeric', values: column(0) },
      kind: { kind: 'categorical', values: kinds },
    } as const;
    return { table: { rowCount: rows.length, columns }, outputs: column(2), labels: column(3) };
  });

/** Equal to what is left after JSON: nothing in it is NaN, infinite or undefined. */
function expectPlain(value: unknown): void {
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  expect(JSON.stringify(value)).not.toMatch(/NaN|Infinity|undefined/);
}

/** Outputs as wide as the task asks for, and labels that are classes where it has them. */
function fit(task: Task, { outputs, labels }: Rows) {
  const width = task === 'multiclass' ? 3 : 1;
  const values = Float64Array.from(
    { length: outputs.length * width },
    (_, at) => outputs[Math.floor(at / width)]! / ((at % width) + 1),
  );
  const classes = labels.map((label) =>
    Number.isNaN(label) ? label : Math.min(width, Math.abs(Math.trunc(label)) % 2),
  );
  return { outputs: { width, values }, labels: task === 'regression' ? labels : classes };
}

function describeRows(task: Task, rows: Rows): DriftReference {
  return buildReference({ task, schema, inputs: rows.table, holdoutInputs: rows.table, ...fit(task, rows) });
}

describe.each(['binary', 'multiclass', 'regression'] as const)('the monitor on awkward rows, %s', (task) => {
  it('keeps references that survive JSON, and signals without NaN, on whatever comes in', () => {
    fc.assert(
      fc.property(someRows, someRows, (before, now) => {
        const reference = describeRows(task, before);
        expectPlain(reference);
        const { outputs, labels } = fit(task, now);
        expectPlain(judgeInputs({ task, inputs: now.table, outputs, reference }, defaultDriftPolicy));
        const versions = Array.from(labels, () => '1');
        const question = {
          champion: '1',
          task,
          lossScale: reference.lossScale,
          policy: testPolicy.monitor,
          arrivals: null,
        };
        const asked = { ...question, ...(reference.holdout && { holdout: reference.holdout }) };
        expectPlain(
          judgeOutcomes(
            { versions, outputs, labels, predictedMs: new Float64Array() },
            asked,
            beginLossWatch('auto', reference.holdout?.blockRows),
          ),
        );
      }),
      { numRuns: 100 },
    );
  });
});
