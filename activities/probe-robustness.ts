import type { LabelledRows, Snapshot } from '../adapters/ports/store.ts';
import type { GateEvidence } from '../domain/gate/evidence.ts';
import { perturb, spreadRows } from '../domain/gate/robustness/perturb.ts';
import { createRng } from '../domain/math/rng.ts';
import { concatTables, pickRows } from '../domain/snapshot/tables.ts';
import type { Predictions } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

interface Probe {
  readonly challenger: string;
  /** null when there is no champion yet: there is nothing to compare with. */
  readonly champion: string | null;
  readonly snapshot: Snapshot;
  readonly holdout: LabelledRows;
  readonly seed: number;
}

/** Asks both models about some rows of the holdout with missing values and noise; one scoring, of a bounded number of rows. */
export async function probeRobustness(
  { runtime }: Dependencies,
  { challenger, champion, snapshot: { schema }, holdout, seed }: Probe,
): Promise<Pick<GateEvidence, 'robustness'>> {
  if (champion === null) return {};
  const rows = spreadRows(holdout.table.rowCount);
  const perturbed = perturb(schema, pickRows(holdout.table, rows), createRng(seed));
  const table = concatTables(
    schema,
    perturbed.map((one) => one.table),
  );
  const answers = await runtime.scoreTable([champion, challenger], table, currentScope().signal);
  return {
    robustness: {
      rows,
      perturbed: perturbed.map(({ name }, index) => {
        const [old, fresh] = answers.map((one) => slicePredictions(one, index * rows.length, rows.length));
        return { name, champion: old!, challenger: fresh! };
      }),
    },
  };
}

function slicePredictions({ width, values }: Predictions, from: number, rows: number): Predictions {
  return { width, values: values.slice(from * width, (from + rows) * width) };
}
