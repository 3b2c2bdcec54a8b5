import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { findRowProblem, type FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { PredictionRecord } from '../../adapters/ports/store.ts';
import type { PredictAnswer, PredictRequest } from '../../config/wire.ts';
import { answerRow, createAnswerContext, type AnswerContext, type AnsweredRow, type Prediction } from '../answers.ts';
import { shareOut, type RowAnswer } from '../canary.ts';
import { drawFor } from '../control-draws.ts';
import { findModel, noChampion, record, settingsOf, type Dependencies } from '../dependencies.ts';
import { ServiceError } from '../errors.ts';
import { refuseManyExplanations } from '../explain.ts';
import { guardRows } from '../privacy.ts';
import { latencySince } from '../latency.ts';
import { scoreRows } from '../score.ts';
import type { HostedVersion } from '../slots/hosted-version.ts';

export interface PredictOptions {
  readonly isExplained?: boolean;
  /** The span of the request, where it is traced: outcomes are linked to it. */
  readonly traceparent?: string | undefined;
}

/** Predicts rows; the answer leaves when the predictions are durably logged. */
export async function predictRows(
  deps: Dependencies,
  name: string,
  request: PredictRequest,
  { isExplained = false, traceparent }: PredictOptions = {},
): Promise<PredictAnswer> {
  const startedMs = performance.now();
  const slots = await findModel(deps, name);
  const { champion, previous, challenger } = slots.current();
  if (champion === null) throw noChampion(slots);
  const canary = slots.canary();
  const other = canary === null ? previous : challenger;
  const releases = [champion.acquire(), other?.acquire()];
  try {
    const { schema } = champion.model.signature;
    const eventMs = readTimes(request);
    const entities = readEntities(request);
    const { privacy } = settingsOf(deps, slots.model);
    const { rows, logged, omitted } = guardRows(privacy, deps.pseudonymise, schema, request.rows);
    refuseBadRows(champion, rows);
    if (isExplained) refuseManyExplanations(rows.length);
    const scored = await scoreRows(champion, other, rows, deps.logger);
    const requestId = request.requestId ?? randomUUID();
    const shared = shareOut({ champion, other, canary }, scored, (row) => entities?.[row] ?? requestId);
    // Ids are made in the breath in which the log takes the records, so that a reader never finds a smaller id later.
    const ids = rows.map(() => deps.makeId());
    const answers = answerRows(deps, slots.model, { rows, entities, shared, ids });
    const facts = { eventMs, entities, omitted, traceparent, requestId, startedMs, ids, answers };
    const records = toRecords(logged, shared, facts);
    await record(deps.log.appendPredictions(slots.model, records));
    const told = answers.map(({ prediction }, row) =>
      canary === null ? prediction : { ...prediction, version: records[row]?.version },
    );
    const predictions = isExplained ? await explainRows(shared, rows, told) : told;
    return { model: slots.model, version: champion.version, requestId, predictions };
  } finally {
    for (const release of releases) release?.();
  }
}

/** By the version that answered; one after the other, and others' requests between. */
async function explainRows(
  shared: readonly RowAnswer[],
  rows: readonly FeatureRow[],
  predictions: readonly Prediction[],
): Promise<Prediction[]> {
  const explained: Prediction[] = [];
  for (const [index, prediction] of predictions.entries()) {
    const explanation = await shared[index]!.host.explain(rows[index] ?? {}, prediction);
    explained.push({ ...prediction, explanation });
    await setImmediate();
  }
  return explained;
}

function readTimes({ rows, times }: PredictRequest): readonly number[] | null {
  if (times === undefined) return null;
  if (times.length === rows.length) return times.map((time) => Date.parse(time));
  const message = `times has ${times.length} entries, rows has ${rows.length}: give one time per row, or none`;
  throw new ServiceError('request-invalid', message, { field: 'times' });
}

function readEntities({ rows, entities }: PredictRequest): readonly string[] | null {
  if (entities === undefined || entities.length === rows.length) return entities ?? null;
  const message = `entities has ${entities.length} entries, rows has ${rows.length}: give one per row, or none`;
  throw new ServiceError('request-invalid', message, { field: 'entities' });
}

function refuseBadRows({ model, isGoodRow }: HostedVersion, rows: readonly FeatureRow[]): void {
  for (const [index, row] of rows.entries()) {
    const problem = isGoodRow(row) ? null : findRowProblem(model.signature.schema, row);
    if (problem === null) continue;
    const field = `rows[${index}].${problem.field}`;
    throw new ServiceError('feature-invalid', `rows[${index}]: ${problem.message}`, { field });
  }
}

interface ScoredRequest {
  readonly rows: readonly FeatureRow[];
  readonly entities: readonly string[] | null;
  readonly shared: readonly RowAnswer[];
  readonly ids: readonly string[];
}

function answerRows(
  deps: Dependencies,
  model: string,
  { rows, entities, shared, ids }: ScoredRequest,
): readonly AnsweredRow[] {
  const { answers } = settingsOf(deps, model);
  const contexts = new Map<HostedVersion, AnswerContext>();
  return shared.map(({ host, output }, row) => {
    const context = contexts.get(host) ?? createAnswerContext(host.model.signature.schema, answers, host.residuals);
    contexts.set(host, context);
    const id = ids[row] ?? '';
    const draws = (): readonly [number, number] => drawFor(model, entities?.[row] ?? id);
    return answerRow(context, { id, output, outside: host.listOutside(rows[row] ?? {}), draws });
  });
}

interface RequestFacts {
  readonly eventMs: readonly number[] | null;
  readonly entities: readonly string[] | null;
  readonly omitted: readonly string[];
  readonly traceparent: string | undefined;
  readonly requestId: string;
  readonly startedMs: number;
  readonly ids: readonly string[];
  readonly answers: readonly AnsweredRow[];
}

function toRecords(
  rows: readonly FeatureRow[],
  shared: readonly RowAnswer[],
  { eventMs, entities, omitted, traceparent, requestId, startedMs, ids, answers }: RequestFacts,
): readonly PredictionRecord[] {
  const atMs = Date.now();
  const latencyMs = latencySince(startedMs);
  return shared.map(({ host, output, shadow }, row) => ({
    id: ids[row] ?? '',
    atMs,
    eventMs: eventMs?.[row] ?? null,
    version: host.version,
    features: rows[row] ?? {},
    output,
    shadow,
    ...(entities === null ? {} : { entity: entities[row] ?? null }),
    ...(omitted.length === 0 ? {} : { omitted }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...toDecision(answers[row]?.decision ?? null),
    ...toAbstention(answers[row]),
    requestId,
    latencyMs,
  }));
}

function toDecision(decision: AnsweredRow['decision']): Pick<PredictionRecord, 'decision'> {
  return decision === null ? {} : { decision };
}

function toAbstention(answer: AnsweredRow | undefined): Pick<PredictionRecord, 'abstained'> {
  const abstained = answer?.prediction.abstained;
  return abstained === undefined ? {} : { abstained: abstained.code };
}
