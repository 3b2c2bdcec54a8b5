import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { PredictionRecord } from '../../adapters/ports/store.ts';
import type { Dependencies } from '../dependencies.ts';
import { latencySince } from '../latency.ts';
import { readRequestId } from '../request-id.ts';
import { readPlainRows, type PlainRows } from './plain-rows.ts';
import type { Plan, PlanFor } from './plan.ts';
import { scoreTogether, type ScoreRow } from './score-together.ts';

/** A request that has come in whole. */
export interface Exchange {
  readonly model: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly startedMs: number;
  /** Takes one of the requests that the caller may make; false where there is none left. */
  mayAsk(): boolean;
  /** Leaves it to others, who begin anew. */
  giveUp(): void;
}

interface Asked extends PlainRows {
  readonly exchange: Exchange;
  /** Its first row among those of all. */
  readonly from: number;
}

/**
 * Answers all requests of one turn of the event loop together: one run of each network, one entry into the log. What a run needs is
 * fetched from memory once for all, which on a busy machine is most of what it costs.
 */
export function createAnswerer(
  deps: Pick<Dependencies, 'log' | 'makeId' | 'models'>,
  planFor: PlanFor,
  send: (response: ServerResponse, body: string) => void,
): (exchange: Exchange) => void {
  let waiting = new Map<string, Exchange[]>();

  const answerModel = (model: string, exchanges: readonly Exchange[]): void => {
    const slots = deps.models.get(model);
    const plan = slots === null ? null : planFor(slots);
    if (plan === null) return exchanges.forEach((exchange) => exchange.giveUp());
    const asked = readAll(plan, exchanges);
    const rows = asked.flatMap((one) => one.rows);
    const scoreRow = rows.length === 0 ? null : tryToScore(plan, rows);
    if (scoreRow === null) return asked.forEach(({ exchange }) => exchange.giveUp());
    const [records, answered]: [PredictionRecord[], { readonly exchange: Exchange; readonly text: string }[]] = [
      [],
      [],
    ];
    for (const one of asked) {
      const text = tell(plan, one, scoreRow, deps.makeId, records);
      if (text === null) one.exchange.giveUp();
      else answered.push({ exchange: one.exchange, text });
    }
    deps.log.appendPredictions(model, records).then(
      () => answered.forEach(({ exchange, text }) => send(exchange.response, text)),
      () => answered.forEach(({ exchange }) => exchange.giveUp()),
    );
  };

  const answerAll = (): void => {
    const now = waiting;
    waiting = new Map();
    for (const [model, exchanges] of now) answerModel(model, exchanges);
  };

  return (exchange) => {
    if (waiting.size === 0) setImmediate(answerAll);
    const others = waiting.get(exchange.model);
    if (others === undefined) waiting.set(exchange.model, [exchange]);
    else others.push(exchange);
  };
}

/** Those that are plain, and whose callers may ask. */
function readAll(plan: Plan, exchanges: readonly Exchange[]): readonly Asked[] {
  const asked: Asked[] = [];
  let from = 0;
  for (const exchange of exchanges) {
    const plain = readPlainRows(exchange.body, plan.champion);
    if (plain === null || !exchange.mayAsk()) {
      exchange.giveUp();
      continue;
    }
    asked.push({ exchange, rows: plain.rows, json: plain.json, from });
    from += plain.rows.length;
  }
  return asked;
}

/** Null for what throws: the slow way throws it again, and tells. */
function tryToScore(plan: Plan, rows: readonly FeatureRow[]): ScoreRow | null {
  try {
    return scoreTogether(plan, rows);
  } catch {
    return null;
  }
}

/** The body of an answer; adds what is to be logged. Null, and nothing added, where a version gave no finite output. */
function tell(
  plan: Plan,
  { exchange, rows, json, from }: Asked,
  scoreRow: ScoreRow,
  makeId: () => string,
  records: PredictionRecord[],
): string | null {
  const requestId = readRequestId(exchange.request);
  const [atMs, latencyMs, first] = [Date.now(), latencySince(exchange.startedMs), records.length];
  let predictions = '';
  for (let row = 0; row < rows.length; row += 1) {
    const features = rows[row]!;
    const scores = scoreRow(from + row);
    if (scores === null) {
      records.length = first;
      return null;
    }
    const id = makeId();
    const { output, shadow } = scores;
    const { text, abstained } = plan.toText.toPrediction(id, output, plan.champion.listOutside(features));
    predictions += row === 0 ? text : `,${text}`;
    const { version } = plan.champion;
    const record = {
      id,
      atMs,
      eventMs: null,
      version,
      features,
      featuresJson: json,
      output,
      shadow,
      requestId,
      latencyMs,
    };
    records.push(abstained === undefined ? record : { ...record, abstained });
  }
  return plan.toText.toAnswer(requestId, predictions);
}
