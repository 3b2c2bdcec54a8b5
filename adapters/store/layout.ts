import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelName } from '../files/names.ts';
import type { Partition, Partitions } from './partitions.ts';
import { sumRemoved, type Removed } from './tombstones.ts';

/** Kinds of records in the log of a model. */
export const recordKinds = ['predictions', 'labels', 'contradictions'] as const;
export type RecordKind = (typeof recordKinds)[number];

export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** Where a store's files are: segments that are being written, and what became of them. */
export interface Places {
  /** Folder on this machine. */
  readonly root: string;
  readonly partitions: Partitions;
}

export function modelDirectory(root: string, model: string): string {
  checkModelName(model);
  return join(root, model);
}

export function checkModelName(model: string): void {
  if (isModelName(model)) return;
  throw new StoreError(`"${model}" is no model name: lower-case letters, digits and "-" only`);
}

/** Segments that are being written, or wait to be sealed. */
export function openDirectory(root: string, model: string, kind: RecordKind): string {
  return join(modelDirectory(root, model), kind, 'open');
}

/** A segment as lines of JSON. */
export interface OpenSegment {
  readonly stem: string;
  readonly path: string;
}

export interface Segments {
  readonly open: readonly OpenSegment[];
  readonly sealed: readonly Partition[];
}

export interface SegmentList extends Segments {
  readonly removed: Removed;
}

/**
 * Segments of one kind. One that is in both forms counts once, as Parquet: it is about to lose the other. One that has a tombstone counts
 * by that alone.
 */
export async function listSegments(
  { root, partitions }: Places,
  model: string,
  kind: RecordKind,
): Promise<SegmentList> {
  // Open first: a segment that is sealed between the two looks is then seen twice, never not at all.
  const stems = await listOpenStems(root, model, kind);
  const sealed = await partitions.list(model, kind);
  // Tombstones last: a partition that is gone from the list had one before it went.
  const tombstones = await partitions.listRemoved(model, kind);
  const gone = new Set(tombstones.map(({ stem }) => stem));
  const known = new Set(sealed.map(({ stem }) => stem));
  const open = stems.filter((stem) => !known.has(stem) && !gone.has(stem));
  return {
    open: open.map((stem) => ({ stem, path: openPath(root, model, kind, stem) })),
    sealed: sealed.filter(({ stem }) => !gone.has(stem)),
    removed: sumRemoved(tombstones),
  };
}

export function openPath(root: string, model: string, kind: RecordKind, stem: string): string {
  return join(openDirectory(root, model, kind), `${stem}.ndjson`);
}

export async function listOpenStems(root: string, model: string, kind: RecordKind): Promise<readonly string[]> {
  const names = await listNames(openDirectory(root, model, kind));
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => name.slice(0, -'.ndjson'.length))
    .sort();
}

/** Names in a folder; none where there is no such folder. */
export async function listNames(directory: string): Promise<readonly string[]> {
  return await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
