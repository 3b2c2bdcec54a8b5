import type { PredictionLog, RemovedUpTo } from '../../adapters/ports/store.ts';
import type { FeedbackAnswer, FeedbackRequest } from '../../config/wire.ts';
import { findModel, noChampion, record, type Dependencies } from '../dependencies.ts';
import { ServiceError, toErrorBody } from '../errors.ts';
import { readOutcomes, sortOutcomes, type FoundOutcome, type Outcome } from '../outcomes.ts';

export type FeedbackReply = (
  | { readonly statusCode: 200; readonly body: FeedbackAnswer }
  | { readonly statusCode: 409; readonly body: FeedbackAnswer & ReturnType<typeof toErrorBody> }
) & {
  /** The predictions on record that the outcomes are about. */
  readonly of: { readonly model: string; readonly ids: readonly string[] };
};

/** Takes outcomes down, model by model one request after the other: what one records, the next finds on record. */
export function createFeedbackTaker(
  deps: Dependencies,
): (name: string, request: FeedbackRequest) => Promise<FeedbackReply> {
  const queues = new Map<string, Promise<unknown>>();
  return async (name, request) => {
    const slots = await findModel(deps, name);
    const { champion } = slots.current();
    if (champion === null) throw noChampion(slots);
    const outcomes = readOutcomes(request, champion.model.signature.schema);
    const before = queues.get(slots.model) ?? Promise.resolve();
    const taken = before.then(() => takeOutcomes(deps, slots.model, outcomes));
    queues.set(
      slots.model,
      taken.catch(() => undefined),
    );
    return await taken;
  };
}

async function takeOutcomes(
  { log }: Dependencies,
  model: string,
  outcomes: readonly Outcome[],
): Promise<FeedbackReply> {
  const found = await findIds(log, model, outcomes);
  const ids = found.flatMap(({ id }) => (id === null ? [] : [id]));
  const known = ids.length === 0 ? new Map<string, null>() : await log.findPredictions(model, ids);
  const isAllKnown = found.every(({ id }) => id !== null && known.has(id));
  const removedUpTo = isAllKnown ? null : await log.findRemoved(model);
  const { accepted, contradicting, answer } = sortOutcomes(found, known, removedUpTo, Date.now());
  if (answer.unknown.length === outcomes.length) throw unknownPredictions(model, answer.unknown, outcomes);
  if (answer.removed.length === outcomes.length) throw removedPredictions(model, answer.removed, removedUpTo);
  if (accepted.length > 0) await record(log.appendLabels(model, accepted));
  const of = { model, ids: [...known.keys()] };
  if (contradicting.length === 0) return { statusCode: 200, body: answer, of };
  await record(log.appendContradictions(model, contradicting));
  return { statusCode: 409, body: { ...toErrorBody(contradiction(answer)), ...answer }, of };
}

/** Outcomes that name an entity and a time get the id of the prediction that was about them. */
async function findIds(
  log: PredictionLog,
  model: string,
  outcomes: readonly Outcome[],
): Promise<readonly FoundOutcome[]> {
  const wanted = outcomes.flatMap(({ of }) => (typeof of === 'string' ? [] : [of]));
  const found = wanted.length === 0 ? [] : await log.findAboutEntities(model, wanted);
  let next = 0;
  return outcomes.map(({ of, ...outcome }) => {
    if (typeof of === 'string') return { ...outcome, id: of, name: of, timeMs: null };
    const id = found[next++] ?? null;
    return { ...outcome, id, name: `${of.entity}@${new Date(of.timeMs).toISOString()}`, timeMs: of.timeMs };
  });
}

function unknownPredictions(model: string, names: readonly string[], outcomes: readonly Outcome[]): ServiceError {
  const [first] = names;
  const byId = typeof outcomes[0]?.of === 'string';
  const kind = byId ? ['the id', 'ids'] : ['the entity and time', 'entities and times'];
  const which =
    names.length === 1 ? `${kind[0]} "${first}"` : `any of these ${names.length} ${kind[1]}, "${first}" first`;
  const todo = byId
    ? 'send the ids that came with the predictions'
    : 'send the `entities` and `times` that the predictions were asked with, or a longer `withinMs`';
  const field = byId ? 'outcomes[0].id' : 'outcomes[0].entity';
  return new ServiceError('prediction-unknown', `${model} made no prediction with ${which}: ${todo}`, { field });
}

function removedPredictions(model: string, [first]: readonly string[], upTo: RemovedUpTo | null): ServiceError {
  const until = upTo === null ? '' : ` up to ${new Date(upTo.eventMs).toISOString()}`;
  return new ServiceError(
    'prediction-removed',
    `the outcome of "${first}" comes too late: ${model} no longer keeps its predictions${until} (policy.log.keepMs)`,
    { field: 'outcomes[0]' },
  );
}

function contradiction({ contradictions, accepted }: FeedbackAnswer): ServiceError {
  const count =
    contradictions.length === 1 ? 'one outcome contradicts' : `${contradictions.length} outcomes contradict`;
  const kept = 'the label on record stands, what you sent is kept beside it';
  return new ServiceError(
    'label-contradicts',
    `${count} the label on record: ${kept}; ${accepted} others were accepted`,
  );
}
