import { stat } from 'node:fs/promises';
import type { ModelProject } from '../../domain/project.ts';
import type { HistoricalRows } from './read-labelled-rows.ts';

/** Of all columns together: 40 MB. Longer histories are read again each time. */
const mostCells = 5_000_000;

type ReadHistory = (project: ModelProject) => Promise<HistoricalRows>;

/** Reads a project's history once for as long as its file stays as it is: each snapshot begins with it, and a signal waits for the snapshot. */
export function keepHistory(read: ReadHistory): ReadHistory {
  const known = new Map<string, { readonly stamp: string; readonly history: HistoricalRows }>();
  return async (project) => {
    const stamp = await stampOf(project);
    const found = known.get(project.name);
    if (found !== undefined && found.stamp === stamp) return found.history;
    const history = await read(project);
    const { table } = history.rows;
    if (stamp !== null && table.rowCount * Object.keys(table.columns).length <= mostCells)
      known.set(project.name, { stamp, history });
    else known.delete(project.name);
    return history;
  };
}

/** What the rows depend on; null where the file can't be looked at: reading it says why. */
async function stampOf({ data, task, features, exclude, privacy }: ModelProject): Promise<string | null> {
  const file = await stat(data.path, { bigint: true }).catch(() => null);
  if (file === null) return null;
  const { ino, size, mtimeNs } = file;
  return JSON.stringify([data, task, features, exclude, privacy, ...[ino, size, mtimeNs].map(String)]);
}
