import { join } from 'node:path';
import type { Dependencies } from '../activities/dependencies.ts';
import type { MonitorCursor } from '../activities/types.ts';
import type { LedgerEntry } from '../adapters/ports/ledger.ts';
import { createFilePackages } from '../adapters/packages/file-packages.ts';
import { openEmbeddedRegistry } from '../adapters/registry/embedded.ts';
import { createInProcessRuntime } from '../adapters/runtime/in-process-runtime.ts';
import { openFileTracking } from '../adapters/tracking/file-tracking.ts';
import { loadUtility } from '../adapters/utility/load-utility.ts';
import { sliceTable } from '../domain/snapshot/tables.ts';
import type { ModelProject } from '../domain/project.ts';
import type { ReplayStore } from './replay-store.ts';
import type { Stream } from './stream.ts';

/** What the activities of production touch, on a history instead of the present. `directory` is thrown away afterwards. */
export async function composeReplay(
  project: ModelProject,
  { history, firstRows }: Stream,
  store: ReplayStore,
  directory: string,
): Promise<Dependencies> {
  const entries: LedgerEntry[] = [];
  let cursor: MonitorCursor | null = null;
  const { rows, schema } = history;
  const first = {
    table: sliceTable(rows.table, { from: 0, to: firstRows }),
    labels: rows.labels.subarray(0, firstRows),
    keys: rows.keys.slice(0, firstRows),
  };
  return {
    registry: await openEmbeddedRegistry({ directory: join(directory, 'registry') }),
    store,
    ledger: {
      append: (_model, entry) => {
        if (!entries.some(({ id }) => id === entry.id)) entries.push(entry);
        return Promise.resolve();
      },
      read: () => Promise.resolve(entries),
    },
    runtime: createInProcessRuntime(store),
    // Nobody serves but the replay itself.
    replicas: { list: () => Promise.resolve([]), verifyGolden: () => Promise.resolve(0) },
    packages: createFilePackages(),
    tracking: openFileTracking({ directory: join(directory, 'runs') }),
    reports: null,
    cursors: {
      read: () => Promise.resolve(cursor),
      write: (_model, value) => {
        cursor = value;
        return Promise.resolve();
      },
    },
    retention: null,
    holds: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    settings: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    // The replay itself lets the challenger answer its share: it knows the plan.
    canaries: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    // A golden set of today was not there then.
    loadProject: () => Promise.resolve({ ...project, goldenSet: null }),
    readHistory: () => Promise.resolve({ schema, rows: first, eventMs: null }),
    loadUtility: ({ utility }) => loadUtility(utility, schema),
    readExtract: () => Promise.reject(new Error('a backtest has no extracts')),
    workDirectory: join(directory, 'work'),
  };
}
