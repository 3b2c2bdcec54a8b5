import { isMlflowError, type Run } from 'mlflow-js-client';
import { explainMlflowError, isMissing, type MlflowConnection } from '../mlflow/connection.ts';
import { ensureRun, findRun, runTag } from '../mlflow/runs.ts';
import { isModelName } from '../files/names.ts';
import {
  TrackingError,
  type DatasetInput,
  type MetricPoint,
  type RunKey,
  type RunStart,
  type TrackedRun,
  type Tracking,
} from '../ports/tracking.ts';
import { describeRun } from './describe-run.ts';
import { readTrackedRun, toDataset } from './mlflow-run.ts';
import { artifactFile } from './run-folders.ts';

/** Runs in MLflow: an experiment per model, a run per retraining, a child run per candidate. Needs the server at every call. */
export function openMlflowTracking(connection: MlflowConnection): Tracking {
  const { client } = connection;
  const known = new Map<string, Run>();
  const find = async (run: RunKey): Promise<Run> => {
    const name = `${run.model}/${runTag.of(run)}`;
    const found = known.get(name) ?? (await findRun(connection, run));
    if (found === null) throw new TrackingError('run-not-found', `${describeRun(run)} was never begun`);
    known.set(name, found);
    return found;
  };
  const onRun = <A extends unknown[]>(tell: (found: Run, ...args: A) => Promise<void>) =>
    inWords(async (run: RunKey, ...args: A) => await tell(await find(run), ...args));

  return {
    begin: inWords(async (start: RunStart) => {
      known.set(`${start.run.model}/${runTag.of(start.run)}`, await ensureRun(connection, start));
    }),
    logParams: onRun(({ runId }, params: Readonly<Record<string, string>>) =>
      client.runs.logBatch(runId, { params }, { onLongValue: 'artifact' }),
    ),
    logMetrics: onRun(({ runId }, points: readonly MetricPoint[]) => {
      const metrics = points.map(({ name, value, step, atMs }) => ({ key: name, value, step, timestamp: atMs }));
      return client.runs.logBatch(runId, { metrics });
    }),
    logInputs: onRun(({ runId }, inputs: readonly DatasetInput[]) =>
      client.runs.logInputs(runId, inputs.map(toDataset)),
    ),
    logArtifact: onRun(async ({ artifactUri }, path: string, content: string | Uint8Array) => {
      artifactFile('', path); // refuses what leads elsewhere
      await client.artifacts.upload(`${artifactUri}/${path}`, content);
    }),
    setTags: onRun(({ runId }, tags: Readonly<Record<string, string>>) =>
      client.runs.logBatch(runId, { tags }, { onLongValue: 'artifact' }),
    ),
    end: onRun(({ runId }, status: 'finished' | 'failed', atMs: number) =>
      client.runs.update(runId, { status: status === 'finished' ? 'FINISHED' : 'FAILED', endTime: atMs }),
    ),
    read: inWords(async (run: RunKey): Promise<TrackedRun | null> => {
      if (!isModelName(run.model)) throw new TrackingError('name-invalid', `"${run.model}" is no model name`);
      const found = await findRun(connection, run);
      return found === null ? null : await readTrackedRun(client, found);
    }),
    readArtifact: inWords(async (run: RunKey, path: string) => {
      const { artifactUri } = await find(run);
      return await client.artifacts.read(`${artifactUri}/${path}`).catch((cause: unknown) => {
        if (!isMissing(cause)) throw cause;
        throw new TrackingError('artifact-not-found', `${describeRun(run)} has no file ${path}`, { cause });
      });
    }),
  };
}

/** MLflow's errors as those of tracking. What it merely can't do now is `unavailable`. */
function inWords<A extends unknown[], R>(method: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await method(...args);
    } catch (error) {
      throw toTrackingError(error);
    }
  };
}

function toTrackingError(error: unknown): unknown {
  if (!isMlflowError(error)) return error;
  const message = `tracking at MLflow: ${explainMlflowError(error)}`;
  if (isMlflowError(error, 'INVALID_PATH', 'LIMIT_EXCEEDED'))
    return new TrackingError('name-invalid', message, { cause: error });
  if (isMlflowError(error, 'INVALID_PARAMETER_VALUE')) return new TrackingError('conflict', message, { cause: error });
  return new TrackingError('unavailable', message, { cause: error });
}
