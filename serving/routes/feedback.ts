import type { FeedbackAnswer, FeedbackRequest } from '../../config/wire.ts';
import { findModel, noChampion, record, type Dependencies } from '../dependencies.ts';
import { ServiceError, toErrorBody } from '../errors.ts';
import { readLabels, sortOutcomes } from '../outcomes.ts';

export type FeedbackReply =
  | { readonly statusCode: 200; readonly body: FeedbackAnswer }
  | { readonly statusCode: 409; readonly body: FeedbackAnswer & ReturnType<typeof toErrorBody> };

/** Takes outcomes down, model by model one request after the other: what one records, the next finds on record. */
export function createFeedbackTaker(
  deps: Dependencies,
): (name: string, request: FeedbackRequest) => Promise<FeedbackReply> {
  const queues = new Map<string, Promise<unknown>>();
  return async (name, request) => {
    const slots = await findModel(deps, name);
    const { champion } = slots.current();
    if (champion === null) throw noChampion(slots);
    const outcomes = readLabels(request, champion.model.signature.schema);
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
  outcomes: ReturnType<typeof readLabels>,
): Promise<FeedbackReply> {
  const ids = outcomes.map(({ id }) => id);
  const known = await log.findPredictions(model, ids);
  const { accepted, contradicting, answer } = sortOutcomes(outcomes, known, Date.now());
  if (answer.unknown.length === outcomes.length) throw unknownPredictions(model, ids);
  if (accepted.length > 0) await record(log.appendLabels(model, accepted));
  if (contradicting.length === 0) return { statusCode: 200, body: answer };
  await record(log.appendContradictions(model, contradicting));
  return { statusCode: 409, body: { ...toErrorBody(contradiction(answer)), ...answer } };
}

function unknownPredictions(model: string, ids: readonly string[]): ServiceError {
  const [first] = ids;
  const which = ids.length === 1 ? `the id "${first}"` : `any of these ${ids.length} ids, "${first}" first`;
  const message = `${model} made no prediction with ${which}: send the ids that came with the predictions`;
  return new ServiceError('prediction-unknown', message, { field: 'outcomes[0].id' });
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
