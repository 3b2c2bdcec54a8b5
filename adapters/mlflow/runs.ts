import { setTimeout as sleep } from 'node:timers/promises';
import { collect, quoteFilterValue, type Run } from 'mlflow-js-client';
import { TrackingError, type RunKey, type RunStart } from '../ports/tracking.ts';
import type { MlflowConnection } from './connection.ts';
import { ensureExperiment } from './experiment.ts';
import { tagNames } from './tags.ts';

/** How a run's tag names what it is about. */
export const runTag = {
  of: ({ decisionId, candidateId }: RunKey): string =>
    candidateId === null ? decisionId : `${decisionId}/${candidateId}`,
  decisionOf: (tag: string): string => tag.split('/')[0] ?? tag,
};

const settleMs = 200;
const maxLooks = 20;

/** Null for a run that nobody began. */
export async function findRun(connection: MlflowConnection, key: RunKey): Promise<Run | null> {
  const { client, prefix } = connection;
  const experiment = await client.experiments.findByName(`${prefix}${key.model}`);
  if (experiment === null) return null;
  const found = await listRuns(connection, experiment.experimentId, key);
  return found.find(isSettled) ?? found[0] ?? null;
}

/** The run of a key, begun where there is none. MLflow makes as many runs as it is asked for: of several at a time one stays. */
export async function ensureRun(
  connection: MlflowConnection,
  { run: key, name, startedAtMs, tags }: RunStart,
): Promise<Run> {
  if (key.decisionId === '')
    throw new TrackingError('name-invalid', 'a run needs the id of its decision, and it is empty');
  const { experimentId } = await ensureExperiment(connection, key.model);
  const known = await findRun(connection, key);
  if (known !== null) return known;
  const parent = key.candidateId === null ? null : await findRun(connection, { ...key, candidateId: null });
  const own = await connection.client.runs.create({
    experimentId,
    name,
    startTime: startedAtMs,
    tags: {
      ...tags,
      [tagNames.run]: runTag.of(key),
      [tagNames.source]: 'incumbent',
      ...(parent === null ? {} : { [tagNames.parentRun]: parent.runId }),
    },
  });
  return await settle(connection, experimentId, key, own);
}

/** Who finds itself alone stays; who doesn't waits, and the first by id stays unless another has meanwhile. */
async function settle(connection: MlflowConnection, experimentId: string, key: RunKey, own: Run): Promise<Run> {
  const { runs } = connection.client;
  for (let look = 0; ; look += 1) {
    const found = await listRuns(connection, experimentId, key);
    const settled = found.find(isSettled);
    if (settled !== undefined) {
      if (settled.runId !== own.runId) await runs.delete(own.runId);
      return settled;
    }
    const isFirst = found[0]?.runId === own.runId;
    // A first one that doesn't settle has died.
    if (found.length <= 1 || (look > 0 && isFirst) || look >= maxLooks) {
      await runs.logBatch(own.runId, { tags: { [tagNames.settled]: 'true' } });
      return own;
    }
    await sleep(settleMs);
  }
}

async function listRuns({ client }: MlflowConnection, experimentId: string, key: RunKey): Promise<readonly Run[]> {
  const filter = `tags.\`${tagNames.run}\` = ${quoteFilterValue(runTag.of(key))}`;
  const found = await collect(client.runs.search({ experimentIds: [experimentId], filter }));
  return found.sort((a, b) => (a.runId < b.runId ? -1 : 1));
}

function isSettled({ tags }: Run): boolean {
  return tags[tagNames.settled] === 'true';
}
