import {
  Bool,
  Table,
  tableFromIPC,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
  Float64,
} from 'apache-arrow';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FeatureRow } from '../../../adapters/data/feature-rows.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import type { DataSchema, FeatureType } from '../../../domain/table.ts';
import { schemaOf, writeRandomPackage, type PackageShape } from '../engine/random-packages.ts';
import { model, startRig, type Rig } from './support.ts';

const types: readonly FeatureType[] = ['numeric', 'categorical', 'numeric', 'boolean', 'timestamp', 'numeric'];
const hidden = [{ units: 12, activation: 'relu' }] as const;
const shapeOf = (classes: number): PackageShape => ({
  types,
  classes,
  members: [{ hidden, hasDropout: false, isCalibrated: classes === 2, dataSeed: 1 }],
  isCalibrated: false,
  seed: 5,
});

const values: Readonly<Record<FeatureType, fc.Arbitrary<number | string | boolean | null>>> = {
  numeric: fc.option(fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), fc.integer({ min: 0, max: 7 }))),
  categorical: fc.option(fc.constantFrom('c0', 'c1', 'never, "seen"', '')),
  boolean: fc.option(fc.boolean()),
  timestamp: fc.option(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString())), // prettier-ignore
};

function rowsOf({ features }: DataSchema): fc.Arbitrary<FeatureRow[]> {
  const cells = fc.tuple(...features.map(({ type }) => values[type]));
  const row = cells.map((drawn) => Object.fromEntries(features.map(({ name }, index) => [name, drawn[index]!])) as FeatureRow); // prettier-ignore
  return fc.array(row, { minLength: 1, maxLength: 40 });
}

const arrowTypes = { numeric: new Float64(), categorical: new Utf8(), boolean: new Bool(), timestamp: new TimestampMillisecond() }; // prettier-ignore

function toArrow({ features }: DataSchema, rows: readonly FeatureRow[]): Uint8Array {
  const columns = features.map(({ name, type }) => {
    const cells = rows.map((row) => row[name] ?? null);
    const told = type === 'timestamp' ? cells.map((cell) => (cell === null ? null : Date.parse(String(cell)))) : cells;
    return [name, vectorFromArray(told, arrowTypes[type])] as const;
  });
  return tableToIPC(new Table(Object.fromEntries(columns)), 'stream');
}

type Told = Readonly<Record<string, unknown>>;

async function askOneByOne({ service }: Rig, rows: readonly FeatureRow[]): Promise<readonly Told[]> {
  const answers: Told[] = [];
  for (const row of rows) {
    const response = await service.app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload: { rows: [row] } }); // prettier-ignore
    const { id: _id, ...told } = response.json<{ predictions: readonly Told[] }>().predictions[0]!;
    answers.push(told);
  }
  return answers;
}

/** In bulk, as rows that have been parsed again. */
async function askInBulk({ service }: Rig, payload: string | Uint8Array, type: string, query: string): Promise<Buffer> {
  const url = `/v1/models/${model}/predict/bulk${query}`;
  const body = typeof payload === 'string' ? payload : Buffer.from(payload);
  const response = await service.app.inject({ method: 'POST', url, payload: body, headers: { 'content-type': type } });
  expect(response.statusCode).toBe(200);
  return response.rawPayload;
}

function toTold(answers: readonly Told[]): readonly Told[] {
  return answers.map(({ row: _row, id: _id, ...told }) => told);
}

const arrow = 'application/vnd.apache.arrow.stream';

it.each([
  ['two classes', 2],
  ['three classes', 3],
  ['a regression', 0],
] as const)('rows in bulk are answered as they are alone, in every form, logged or not: %s', async (_what, classes) => {
  const schema = schemaOf(shapeOf(classes));
  const { directory, remove } = await writeRandomPackage(shapeOf(classes));
  const rig = await startRig([], { loadModel });
  await rig.registry.register({ model, idempotencyKey: 'one', packageDirectory: directory, tags: {} });
  await rig.registry.setAlias(model, 'champion', '1');
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  await fc.assert(
    fc.asyncProperty(rowsOf(schema), async (rows) => {
      const alone = await askOneByOne(rig, rows);
      for (const query of ['', '?log=false']) {
        const json = await askInBulk(rig, JSON.stringify(rows), 'application/json', query);
        expect(toTold(JSON.parse(json.toString()) as Told[])).toEqual(alone);
        const lines = await askInBulk(rig, rows.map((row) => JSON.stringify(row)).join('\n'), 'application/x-ndjson', query); // prettier-ignore
        expect(toTold(lines.toString().trim().split('\n').map((line) => JSON.parse(line) as Told))).toEqual(alone); // prettier-ignore
        const columns = tableFromIPC(await askInBulk(rig, toArrow(schema, rows), arrow, query));
        expectColumns(columns, alone, schema);
      }
      const outputs = tableFromIPC(await askInBulk(rig, toArrow(schema, rows), arrow, '?log=false&columns=outputs'));
      expectOutputs(outputs, alone, schema);
    }),
    { numRuns: 6 },
  );
  await remove();
});

function expectOutputs(table: Table, alone: readonly Told[], { classes }: DataSchema): void {
  const said = (name: string): unknown[] => [...table.getChild(name)!];
  if (classes.length === 0) return expect(said('value')).toEqual(alone.map(({ value }) => value));
  for (const name of classes) {
    expect(said(`p_${name}`)).toEqual(alone.map(({ probabilities }) => (probabilities as Told)[name]));
  }
}

function expectColumns(table: Table, alone: readonly Told[], schema: DataSchema): void {
  expectOutputs(table, alone, schema);
  expect([...table.getChild('label')!]).toEqual(alone.map(({ label }) => label ?? null));
  expect([...table.getChild('error')!]).toEqual(alone.map(() => null));
}
