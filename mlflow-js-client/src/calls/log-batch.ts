import { createHash } from 'node:crypto';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { CallOptions } from '../http/transport.ts';
import type { Write } from '../http/write.ts';
import { checkKey, checkValue, lengthOf, toPairs, type KeyValue } from '../limits.ts';
import { toWire } from '../numbers.ts';
import type { Limits } from '../options.ts';
import { type Metric, type Run } from '../schemas.ts';
import { splitBatch } from '../split-batch.ts';

export interface RunBatch {
  readonly metrics?: readonly Metric[];
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface LogBatchOptions extends CallOptions {
  /**
   * What becomes of a param or tag that the server would cut: an error before anything is sent, or a file of the run (`long-values/…`)
   * that the value then names. @default error
   */
  readonly onLongValue?: 'error' | 'artifact';
}

interface Parts {
  readonly write: Write;
  readonly limits: Limits;
  readonly artifacts: Artifacts;
  readonly getRun: (runId: string, options?: CallOptions) => Promise<Run>;
}

/** Sends any number of metrics, params and tags in as many calls as the server's limits ask for; repeating it changes nothing. */
export async function logBatch(
  { write, limits, artifacts, getRun }: Parts,
  runId: string,
  { metrics = [], params = {}, tags = {} }: RunBatch,
  { onLongValue = 'error', ...options }: LogBatchOptions = {},
): Promise<void> {
  for (const { key } of metrics) checkKey('metric', key, limits);
  const long: LongValue[] = [];
  const batch = {
    metrics: metrics.map(({ key, value, timestamp, step }) => ({ key, value: toWire(value), timestamp, step })),
    params: fit('param', params, limits.paramLength, limits, onLongValue, long),
    tags: fit('tag', tags, limits.tagLength, limits, onLongValue, long),
  };
  if (long.length > 0) {
    const { artifactUri } = await getRun(runId, options);
    for (const { path, value } of long) await artifacts.upload(`${artifactUri}/${path}`, value, options);
  }
  for (const part of splitBatch(batch, limits)) {
    await write('POST', 'runs/log-batch', { run_id: runId, ...part }, options);
  }
}

interface LongValue {
  readonly path: string;
  readonly value: string;
}

function fit(
  what: 'param' | 'tag',
  record: Readonly<Record<string, string>>,
  limit: number,
  limits: Limits,
  onLongValue: 'error' | 'artifact',
  long: LongValue[],
): readonly KeyValue[] {
  return toPairs(record).map(({ key, value }) => {
    checkKey(what, key, limits);
    if (onLongValue === 'error') checkValue(what, key, value, limit, "shorten it, or say onLongValue: 'artifact'");
    const length = lengthOf(value);
    if (length <= limit) return { key, value };
    const sha256 = createHash('sha256').update(value).digest('hex');
    const path = `long-values/${what}s/${key.replaceAll(/[^\w.-]/g, '_')}-${sha256.slice(0, 12)}.txt`;
    long.push({ path, value });
    return { key, value: `${length} characters, in the artifact ${path} (SHA-256 ${sha256})` };
  });
}
