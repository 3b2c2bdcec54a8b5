import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLine, readLines } from '../files/append-line.ts';
import { writeDurably } from '../files/durable.ts';
import { TrackingError, type RunKey, type TrackedRun, type Tracking } from '../ports/tracking.ts';
import { describeRun } from './describe-run.ts';
import { foldRun, toStored, type RunEvent } from './run-events.ts';
import { artifactFile, runFolder } from './run-folders.ts';

export interface FileTrackingOptions {
  readonly directory: string;
}

/** Runs as folders: a journal of what was told (`events.ndjson`), and the run's files under `artifacts/`. */
export function openFileTracking({ directory }: FileTrackingOptions): Tracking {
  const journalOf = (run: RunKey): string => join(runFolder(directory, run), 'events.ndjson');
  const append = (run: RunKey, event: RunEvent): Promise<void> => appendLine(journalOf(run), JSON.stringify(event));
  const read = async (run: RunKey): Promise<TrackedRun | null> => foldRun(await readLines<RunEvent>(journalOf(run)));
  const readBegun = async (run: RunKey): Promise<TrackedRun> => (await read(run)) ?? fail(run);

  return {
    read,
    async begin({ run, ...start }) {
      if ((await read(run)) === null) await append(run, { type: 'begin', ...start });
    },
    async logParams(run, params) {
      const known = (await readBegun(run)).params;
      for (const [name, value] of Object.entries(params)) refuseOther(run, name, known[name], value);
      if (!Object.keys(params).every((name) => name in known)) await append(run, { type: 'params', params });
    },
    async logMetrics(run, points) {
      await readBegun(run);
      if (points.length > 0) await append(run, { type: 'metrics', points: points.map(toStored) });
    },
    async logInputs(run, inputs) {
      await readBegun(run);
      if (inputs.length > 0) await append(run, { type: 'inputs', inputs });
    },
    async logArtifact(run, path, content) {
      await readBegun(run);
      await writeDurably(artifactFile(runFolder(directory, run), path), content);
      await append(run, { type: 'artifact', path, sha256: createHash('sha256').update(content).digest('hex') });
    },
    async setTags(run, tags) {
      await readBegun(run);
      await append(run, { type: 'tags', tags });
    },
    async end(run, status, atMs) {
      const { status: known, endedAtMs } = await readBegun(run);
      if (known !== status || endedAtMs !== atMs) await append(run, { type: 'end', status, atMs });
    },
    async readArtifact(run, path) {
      await readBegun(run);
      return await readFile(artifactFile(runFolder(directory, run), path)).catch((cause: unknown) => {
        throw new TrackingError('artifact-not-found', `${describeRun(run)} has no file ${path}`, { cause });
      });
    },
  };
}

function fail(run: RunKey): never {
  throw new TrackingError('run-not-found', `${describeRun(run)} was never begun`);
}

function refuseOther(run: RunKey, name: string, known: string | undefined, value: string): void {
  if (known === undefined || known === value) return;
  const what = `parameter ${name} is "${known}" already and can't become "${value}"`;
  throw new TrackingError('conflict', `${describeRun(run)}: ${what}`);
}
