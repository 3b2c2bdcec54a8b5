import { appendFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepHistory } from '../../../adapters/data/known-history.ts';
import { readLabelledRows } from '../../../adapters/data/read-labelled-rows.ts';
import { toProject } from '../../../config/load-project.ts';
import { temporaryFolder } from '../../support/folders.ts';

async function prepare() {
  const folder = await temporaryFolder();
  const path = join(folder, 'rows.csv');
  await writeFile(
    path,
    `x,y\n${Array.from({ length: 40 }, (_, row) => `${row},${row % 2 === 0 ? 'a' : 'b'}`).join('\n')}\n`,
  );
  const project = (more: object = {}) =>
    toProject(join(folder, 'incumbent.config.json'), { name: 'rows', data: { path, label: 'y' }, ...more });
  return { path, project, read: keepHistory(readLabelledRows) };
}

describe("a project's history", () => {
  it('is read once while its file stays as it is', async () => {
    const { project, read } = await prepare();
    const first = await read(project());
    expect(await read(project())).toBe(first);
    expect(first.rows.labels).toHaveLength(40);
  });

  it('is read again when its file has grown, or was written anew', async () => {
    const { path, project, read } = await prepare();
    const first = await read(project());
    await appendFile(path, '41,a\n');
    const second = await read(project());
    expect(second.rows.labels).toHaveLength(41);
    await utimes(path, new Date(0), new Date(0));
    const third = await read(project());
    expect(third).not.toBe(second);
    expect(first.rows.labels).toHaveLength(40);
  });

  it('is read again when the project takes other rows of it', async () => {
    const { path, project, read } = await prepare();
    await read(project());
    const fewer = await read(project({ data: { path, label: 'y', take: 20 } }));
    expect(fewer.rows.labels).toHaveLength(20);
  });

  it('says what is wrong when its file has gone', async () => {
    const { path, project, read } = await prepare();
    await read(project());
    await rm(path);
    await expect(read(project())).rejects.toThrow(/there is no file/);
  });
});
