import {
  collect,
  type DatasetInput as LoggedInput,
  type MlflowClient,
  type NewDatasetInput,
  type Run,
} from 'mlflow-js-client';
import { z } from 'zod';
import { tagNames } from '../mlflow/tags.ts';
import type { DatasetInput, MetricPoint, RunStatus, TrackedRun } from '../ports/tracking.ts';
import { byNameStepTime } from './run-events.ts';

/** What MLflow has room for; the whole digest is in the source. */
const digestLength = 36;

const sourceSchema = z.object({ uri: z.string(), sha256: z.string(), name: z.string(), rows: z.number() });

/** MLflow knows a dataset of a run by name and digest alone: its purpose goes into the name. */
export function toDataset({ name, digest, context, rows, source }: DatasetInput): NewDatasetInput {
  return {
    name: `${name}/${context}`,
    digest: digest.slice(0, digestLength),
    sourceType: 'local',
    source: JSON.stringify({ uri: source, sha256: digest, name, rows }),
    profile: JSON.stringify({ num_rows: rows }),
    context,
  };
}

function fromDataset({ dataset, tags }: LoggedInput): readonly DatasetInput[] {
  const source = sourceSchema.safeParse(parseOrNull(dataset.source));
  if (!source.success) return []; // somebody else logged it
  const { uri, sha256, name, rows } = source.data;
  return [{ name, digest: sha256, context: tags['mlflow.data.context'] ?? '', rows, source: uri }];
}

/** Everything of a run, each metric with its whole history. */
export async function readTrackedRun(client: MlflowClient, found: Run): Promise<TrackedRun> {
  const run = await client.runs.get(found.runId);
  const histories = await Promise.all(run.metrics.map(({ key }) => readHistory(client, run.runId, key)));
  return {
    name: run.name,
    status: statusOf(run),
    startedAtMs: run.startTime,
    endedAtMs: run.endTime,
    tags: ownTags(run.tags),
    params: run.params,
    metrics: histories.flat().sort(byNameStepTime),
    inputs: run.datasets.flatMap(fromDataset),
    artifacts: await listArtifacts(client, run.runId),
    url: `${client.base}/#/experiments/${run.experimentId}/runs/${run.runId}`,
  };
}

async function readHistory(client: MlflowClient, runId: string, key: string): Promise<readonly MetricPoint[]> {
  const history = await collect(client.runs.metricHistory(runId, key));
  return history.map(({ value, step, timestamp }) => ({ name: key, value, step, atMs: timestamp }));
}

function statusOf({ status }: Run): RunStatus {
  if (status === 'RUNNING' || status === 'SCHEDULED') return 'running';
  return status === 'FINISHED' ? 'finished' : 'failed';
}

function ownTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hidden = new Set<string>([tagNames.run, tagNames.settled]);
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('mlflow.') && !hidden.has(key)));
}

/** Folders are listed one by one. */
async function listArtifacts(client: MlflowClient, runId: string, path?: string): Promise<readonly string[]> {
  const entries = await collect(client.artifacts.list(runId, path));
  const nested = await Promise.all(
    entries.map(async (entry) => (entry.isDirectory ? await listArtifacts(client, runId, entry.path) : [entry.path])),
  );
  return nested.flat().sort();
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
