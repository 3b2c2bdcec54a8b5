import { join } from 'node:path';
import type { LabelledRows } from '../../adapters/ports/store.ts';
import type { DataSchema } from '../../domain/table.ts';
import type { Stack } from '../start/stack.ts';
import { writeCorruptExtract } from './corrupt-extract.ts';
import type { Life } from './life.ts';
import { wireRows } from './rows.ts';
import type { DemoSummary } from './summary.ts';

/** Rows of the operator's extract: a quarter of a year. */
const extractRows = 4_368;
const by = 'demo operator';

/** The bad model's version, and later what became of it. */
export interface Forced {
  fate(): Promise<DemoSummary['forced']>;
}

/**
 * An operator trains on an extract whose labels were swapped, is refused by the gate, and overrides it. From here on
 * the live outcomes have the word. Null where no challenger came of it yet: too little is fresh, try again later.
 */
export async function forceBadModel(
  { client, project }: Stack,
  home: string,
  schema: DataSchema,
  rows: LabelledRows,
  now: number,
  life: Life,
  week: number,
): Promise<Forced | null> {
  const path = join(home, 'extract-with-swapped-labels.csv');
  const from = now - extractRows;
  const labels = Array.from(rows.labels.subarray(from, now));
  await writeCorruptExtract(path, schema, wireRows(rows, schema, from, now), labels);
  const turnedDownBefore = (await life.status()).turnedDown?.decisionId;
  const { model } = { model: project.name };
  await client.retrain(model, { by, reason: 'a fresh extract from the warehouse', trainingData: path });
  const { turnedDown } = await life.untilQuiet(week);
  if (turnedDown === null || turnedDown.decisionId === turnedDownBefore) return null;
  await client.approve(model, { by, reason: 'the gate must be wrong', override: true });
  await life.untilQuiet(week);
  return { fate: () => tellFate(client, model, turnedDown.version, `${turnedDown.decisionId}-override`) };
}

async function tellFate(
  client: Stack['client'],
  model: string,
  version: string,
  decisionId: string,
): Promise<DemoSummary['forced']> {
  const history = await client.history(model);
  const probation = history.find(({ id }) => id === `${decisionId}/probation`);
  const rolledBack = history.some(({ id }) => id === `${decisionId}-rollback/done`);
  const atLabel = /at label ([\d,]+)/.exec(probation?.summary ?? '')?.[1];
  return {
    version,
    rolledBack,
    labelsUntilRollback: atLabel === undefined ? null : Number(atLabel.replaceAll(',', '')),
  };
}
