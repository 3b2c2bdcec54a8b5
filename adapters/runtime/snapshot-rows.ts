import { openStore } from '../store/open-store.ts';
import type { SnapshotRows } from './protocol.ts';

/** Rows of snapshots, from the store. A module of its own because it is a child process that opens it. */
export function openRows(storeDirectory: string): Promise<SnapshotRows> {
  return openStore({ directory: storeDirectory });
}
