import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { readOutcomeFile } from '../../adapters/data/read-outcome-file.ts';
import { temporaryFolder } from '../support/folders.ts';

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

const nothing = { id: null, entity: null, time: null, label: null, labelTime: null };

describe('a file of outcomes', () => {
  it('is CSV, in which everything is text and nothing is null', async () => {
    const path = await fileOf('rows.csv', 'label,id,note\n007,a,"x, y"\n,b,\n');
    expect(await readOutcomeFile(path)).toEqual([
      { ...nothing, line: 2, id: 'a', label: '007' },
      { ...nothing, line: 3, id: 'b' },
    ]);
  });

  it('is lines of JSON, counted with the empty ones', async () => {
    const path = await fileOf('rows.jsonl', '{"id":"a","label":1,"labelTime":"t"}\r\n\r\n{"id":"b","label":true}');
    expect(await readOutcomeFile(path)).toEqual([
      { ...nothing, line: 1, id: 'a', label: 1, labelTime: 't' },
      { ...nothing, line: 3, id: 'b', label: true },
    ]);
  });

  it.each([
    ["TIMESTAMP '2026-03-01 10:00:00.250'", '2026-03-01T10:00:00.250Z'],
    ["TIMESTAMPTZ '2026-03-01 10:00:00+02'", '2026-03-01T08:00:00.000Z'],
    ["DATE '2026-03-01'", '2026-03-01T00:00:00.000Z'],
    ["'as it is'", 'as it is'],
  ])('is Parquet, with %s as the time', async (sql, time) => {
    const path = await fileOf('rows.parquet', '');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      `COPY (SELECT 5 AS entity, ${sql} AS time, 1.5 AS label, NULL AS label_time) TO '${path}' (FORMAT parquet)`,
    );
    connection.closeSync();
    expect(await readOutcomeFile(path)).toEqual([{ ...nothing, line: 1, entity: '5', time, label: 1.5 }]);
  });

  it.each([
    ['empty.csv', 'id,label\n', 'has no rows'],
    ['other.csv', 'key,label\n1,up\n', 'needs the columns id and label, or entity, time and label; it has key, label'],
    ['torn.parquet', 'PAR', "can't be read"],
    ['broken.ndjson', '{"id":"a","label":1}\n{"id":\n', 'line 2 is no JSON object: write one on each line'],
    ['list.ndjson', '[1]\n', 'line 1 is no JSON object'],
    ['rows.xlsx', 'x', 'is none of .csv, .ndjson, .jsonl and .parquet'],
  ])('is refused where it can not be understood: %s', async (name, text, message) => {
    await expect(readOutcomeFile(await fileOf(name, text))).rejects.toThrow(message);
  });

  it('must be there', async () => {
    await expect(readOutcomeFile('/nowhere/rows.csv')).rejects.toThrow('there is no file /nowhere/rows.csv');
  });
});
