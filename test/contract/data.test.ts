import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { findRowProblem, tableFromFeatureRows } from '../../adapters/data/feature-rows.ts';
import { readLabelledRows, type HistoricalRows } from '../../adapters/data/read-labelled-rows.ts';
import { defaultPolicy, defaultTraining } from '../../config/defaults.ts';
import { loadProject } from '../../config/load-project.ts';
import type { AnswerPolicy } from '../../domain/answers/policy.ts';
import type { ModelProject } from '../../domain/project.ts';
import { temporaryFolder } from '../support/folders.ts';
import { priceSchema } from '../support/predictions.ts';

async function read(
  csv: string,
  changes: Partial<ModelProject> = {},
  data: Partial<ModelProject['data']> = {},
): Promise<HistoricalRows> {
  const path = join(await temporaryFolder(), 'rows.csv');
  await writeFile(path, csv);
  return await readLabelledRows(projectOn(path, changes, data));
}

function projectOn(
  path: string,
  changes: Partial<ModelProject> = {},
  data: Partial<ModelProject['data']> = {},
): ModelProject {
  return {
    name: 'prices',
    task: null,
    data: { path, label: 'y', id: null, time: null, labelTime: null, take: null, ...data },
    features: {},
    exclude: [],
    slices: [],
    sensitive: [],
    privacy: { hash: [], omit: [] },
    utility: null,
    goldenSet: null,
    card: {},
    training: defaultTraining,
    policy: defaultPolicy,
    ...changes,
  };
}

describe('reading a table', () => {
  it('infers features, their types and the classes', async () => {
    const csv =
      'id,price,region,open,seen,y\n1,1.5,north,true,2026-01-01 00:00:00,no\n2,,,,,yes\n3,2,south,false,2026-01-02 00:00:00,no\n';
    const { schema, rows } = await read(csv, {}, { id: 'id' });
    expect(schema.features).toEqual([
      { name: 'price', type: 'numeric' },
      { name: 'region', type: 'categorical' },
      { name: 'open', type: 'boolean' },
      { name: 'seen', type: 'timestamp' },
    ]);
    expect(schema.classes).toEqual(['no', 'yes']);
    expect(rows.labels).toEqual(Float64Array.of(0, 1, 0));
    expect(rows.table.columns['price']?.values).toEqual(Float64Array.of(1.5, Number.NaN, 2));
    expect(rows.table.columns['region']?.values).toEqual(['north', null, 'south']);
    expect(rows.table.columns['open']?.values).toEqual(Float64Array.of(1, Number.NaN, 0));
    expect(rows.table.columns['seen']?.values[0]).toBe(Date.UTC(2026, 0, 1));
    expect(rows.keys).toEqual(['history:00000000', 'history:00000001', 'history:00000002']);
  });

  it('sorts numeric classes by value, and leaves numbers with fractions or many values to a regression', async () => {
    expect((await read('x,y\n1,10\n2,9\n3,2\n')).schema.classes).toEqual(['2', '9', '10']);
    expect((await read('x,y\n1,0.5\n2,1.5\n')).schema.classes).toEqual([]);
    const many = Array.from({ length: 30 }, (_, index) => `${index},${index}`).join('\n');
    expect((await read(`x,y\n${many}\n`)).schema.classes).toEqual([]);
    expect((await read(`x,y\n${many}\n`, { task: 'multiclass' })).schema.classes).toHaveLength(30);
  });

  it('orders by time, and takes the oldest rows', async () => {
    const csv = 't,x,y\n2026-01-03,3,0\n2026-01-01,1,1\n2026-01-02,2,0\n';
    const { rows } = await read(csv, {}, { time: 't', take: 2 });
    expect(rows.table.columns['x']?.values).toEqual(Float64Array.of(1, 2));
  });

  it('keeps declared types and leaves out what is excluded', async () => {
    const { schema } = await read('code,junk,y\n1,a,0\n2,b,1\n', {
      features: { code: 'categorical' },
      exclude: ['junk'],
    });
    expect(schema.features).toEqual([{ name: 'code', type: 'categorical' }]);
  });

  it('reads Parquet: all of elec2, in its order', async () => {
    const directory = fileURLToPath(new URL('../../examples/electricity', import.meta.url));
    const { schema, rows } = await readLabelledRows(await loadProject(directory));
    expect(rows.table.rowCount).toBe(45_312);
    expect(schema.features).toHaveLength(6);
    expect(schema.classes).toEqual(['0', '1']);
    expect(rows.labels.reduce((sum, label) => sum + label, 0)).toBe(19_237);
  });

  it('puts an extract on the schema that is known', async () => {
    const { schema } = await read('x,z,y\n1,a,no\n2,b,yes\n');
    const path = join(await temporaryFolder(), 'extract.csv');
    await writeFile(path, 'z,y,x\nc,yes,5\n');
    const { rows } = await readLabelledRows(projectOn(path), schema);
    expect(rows.table.columns['x']?.values).toEqual(Float64Array.of(5));
    expect(rows.labels).toEqual(Float64Array.of(1));
    await writeFile(path, 'z,y,x\nc,perhaps,5\n');
    await expect(readLabelledRows(projectOn(path), schema)).rejects.toThrow(
      /row 1 is "perhaps", which is none of the classes no, yes/,
    );
  });
});

describe('data that can not be trained on', () => {
  it.each([
    ['x,label\n1,0\n2,1\n', /there is no column "y" for the label; there are: x, label/],
    ['x,yy\n1,0\n2,1\n', /no column "y" for the label \(did you mean "yy"\?\)/],
    ['x,y\n', /the table is empty/],
    ['x,y\n1,1\n2,1\n', /label "y" has one class only/],
    ['x,y\n1,1\n2,\n3,0\n', /1 of 3 rows have no label "y"/],
    ['x,z,y\n1,,0\n2,,1\n', /feature "z" has no value in any row: put it into "exclude"/],
    ['x,y\n1,0\ninf,1\n2,0\n', /feature "x" of row 2 is infinite/],
    ['y\n0\n1\n', /no column is left for the features/],
  ])('%j is refused with the reason', async (csv, reason) => {
    await expect(read(csv)).rejects.toThrow(reason);
    await expect(read(csv)).rejects.toMatchObject({ name: 'DataError' });
  });

  it('says which file is missing or of no known kind', async () => {
    await expect(readLabelledRows(projectOn('/no/such/rows.csv'))).rejects.toThrow(
      /no file \/no\/such\/rows.csv: mend data.path/,
    );
    const path = join(await temporaryFolder(), 'rows.xlsx');
    await writeFile(path, 'x');
    await expect(readLabelledRows(projectOn(path))).rejects.toThrow(/neither .csv nor .parquet/);
  });

  it('says which time does not parse', async () => {
    await expect(read('t,x,y\nyesterday,1,0\nMonday,2,1\n', {}, { time: 't' })).rejects.toThrow(
      /time "t" of 2 of 2 rows is no time, e.g. "Monday"/,
    );
  });

  it('refuses a type that is no feature, and a task that the label does not fit', async () => {
    const path = join(await temporaryFolder(), 'rows.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (SELECT [1, 2] AS x, 0 AS y UNION ALL SELECT [3], 1) TO '${path}' (FORMAT parquet)`);
    await expect(readLabelledRows(projectOn(path))).rejects.toThrow(
      /column "x" is a INTEGER\[\], which can't be a feature/,
    );
    await expect(read('x,y\n1,a\n2,b\n', { task: 'regression' })).rejects.toThrow(/a regression needs numbers/);
    await expect(read('x,y\n1,1\n2,2\n3,3\n', { task: 'binary' })).rejects.toThrow(
      /has 3 classes, a binary task has two/,
    );
  });
});

describe('a control slice', () => {
  const withControl = (answers: Partial<AnswerPolicy>) => ({
    policy: { ...defaultPolicy, answers: { ...defaultPolicy.answers, controlShare: 0.1, ...answers } },
  });
  const classes = 'x,y\n1,no\n2,yes\n3,no\n';

  it('decides for a class that there is', async () => {
    const { schema } = await read(classes, withControl({ controlDecision: { always: 'yes' } }));
    expect(schema.classes).toEqual(['no', 'yes']);
    await read(classes, withControl({ controlDecision: 'random' }));
  });

  it('can not decide for a class that there is not', async () => {
    await expect(read(classes, withControl({ controlDecision: { always: 'maybe' } }))).rejects.toThrow(
      'policy.answers.controlDecision is always "maybe", which is no class of the label: choose one of no, yes',
    );
  });

  it('can not decide on a value', async () => {
    const values = { ...withControl({}), task: 'regression' as const };
    await expect(read('x,y\n1,1.5\n2,2.5\n', values)).rejects.toThrow('a control slice needs classes; set it to 0');
    await read('x,y\n1,1.5\n2,2.5\n', { ...withControl({ controlShare: 0 }), task: 'regression' });
  });
});

describe('rows on the wire', () => {
  const good = { price: 1, region: 'north', holiday: true, seen: '2026-01-01T00:00:00Z' };

  it('become columns, null becomes missing', () => {
    const missing = { price: null, region: null, holiday: null, seen: null };
    const { columns } = tableFromFeatureRows(priceSchema, [good, missing]);
    expect(columns['price']?.values).toEqual(Float64Array.of(1, Number.NaN));
    expect(columns['region']?.values).toEqual(['north', null]);
    expect(columns['holiday']?.values).toEqual(Float64Array.of(1, Number.NaN));
    expect(columns['seen']?.values[0]).toBe(Date.UTC(2026, 0, 1));
    expect(findRowProblem(priceSchema, missing)).toBeNull();
  });

  it.each([
    [{ ...good, price: 'high' }, 'price', /must be a finite number or null/],
    [{ ...good, region: 7 }, 'region', /must be a text or null/],
    [{ ...good, holiday: 2 }, 'holiday', /must be true, false or null/],
    [{ ...good, seen: 'yesterday' }, 'seen', /must be an ISO 8601 time or null/],
    [{ ...good, colour: 'red' }, 'colour', /is not a feature of this model/],
    [{ price: 1, region: 'north', holiday: true }, 'seen', /is absent: send null/],
  ])('%j is refused with its field', (row, field, message) => {
    expect(findRowProblem(priceSchema, row)).toMatchObject({
      field,
      message: expect.stringMatching(message) as string,
    });
  });
});
