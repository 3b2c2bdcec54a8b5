import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory, syncFile, temporaryName } from '../files/durable.ts';
import { listNames, modelDirectory, type RecordKind } from './layout.ts';
import { parseTombstone, tombstoneName, type Tombstone } from './tombstones.ts';

/** A sealed segment: a Parquet file among those of the UTC date on which it was begun. */
export interface Partition {
  readonly stem: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** As DuckDB reads it. */
  readonly path: string;
}

/** Where sealed segments lie. */
export interface Partitions {
  list(model: string, kind: RecordKind): Promise<readonly Partition[]>;
  /** Has the file written, and makes it visible as a whole. Writing one again does no harm. */
  write(model: string, kind: RecordKind, stem: string, copyTo: (path: string) => Promise<unknown>): Promise<void>;
  /** Removing one that is gone does no harm. */
  remove(partition: Partition): Promise<void>;
  listRemoved(model: string, kind: RecordKind): Promise<readonly Tombstone[]>;
  /** From when it returns on, a partition's rows count as removed, whatever happens to its file. Doing it again does no harm. */
  markRemoved(model: string, kind: RecordKind, tombstone: Tombstone): Promise<void>;
}

/** When a segment was begun, ms since the epoch, out of its name `<replica>-<ms>-<6 characters>`. */
export function begunAtMs(stem: string): number {
  return Number(/-(\d+)-[0-9a-z]{6}$/.exec(stem)?.[1] ?? 0);
}

/** The UTC date on which a segment was begun. */
export function dateOfStem(stem: string): string {
  return new Date(begunAtMs(stem)).toISOString().slice(0, 10);
}

/** Partitions on this machine's disk: `<model>/<kind>/sealed/date=YYYY-MM-DD/<segment>.parquet`. */
export function localPartitions(root: string): Partitions {
  const sealed = (model: string, kind: RecordKind): string => join(modelDirectory(root, model), kind, 'sealed');
  const removed = (model: string, kind: RecordKind): string => join(modelDirectory(root, model), kind, 'removed');
  return {
    async list(model, kind) {
      const directory = sealed(model, kind);
      const folders = (await listNames(directory)).filter((name) => name.startsWith('date='));
      const found = await Promise.all(folders.map((folder) => listFolder(directory, folder)));
      return found.flat();
    },
    async write(model, kind, stem, copyTo) {
      const path = join(sealed(model, kind), `date=${dateOfStem(stem)}`, `${stem}.parquet`);
      await mkdir(dirname(path), { recursive: true });
      const temporary = temporaryName(path);
      try {
        await copyTo(temporary);
        await syncFile(temporary);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncDirectory(dirname(path));
    },
    async remove({ path }) {
      await rm(path, { force: true });
      // The folder goes with its last file; while others are in it, it stays.
      await rmdir(dirname(path)).catch(() => undefined);
    },
    async listRemoved(model, kind) {
      return (await listNames(removed(model, kind))).flatMap((name) => parseTombstone(name) ?? []);
    },
    async markRemoved(model, kind, tombstone) {
      const directory = removed(model, kind);
      await mkdir(directory, { recursive: true });
      const handle = await open(join(directory, tombstoneName(tombstone)), 'a');
      await handle.sync();
      await handle.close();
      for (const folder of [directory, dirname(directory)]) await syncDirectory(folder);
    },
  };
}

async function listFolder(directory: string, folder: string): Promise<readonly Partition[]> {
  const names = await listNames(join(directory, folder));
  return names
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => ({
      stem: name.slice(0, -'.parquet'.length),
      date: folder.slice('date='.length),
      path: join(directory, folder, name),
    }));
}
