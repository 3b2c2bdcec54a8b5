import type { FiledOutcome } from '../../adapters/data/read-outcome-file.ts';
import type { FeedbackAnswer } from '../../config/wire.ts';
import { ClientError } from '../errors.ts';
import { PredictionError, type PredictionClient } from '../prediction-client.ts';
import { nameOf, toOutcome, type OutcomeContext, type RowProblem, type WireOutcome } from './to-outcome.ts';

/** What became of every row of a file; the counts add up to `rows`. */
export interface SentOutcomes {
  readonly model: string;
  readonly rows: number;
  readonly accepted: number;
  /** On record already, with the same label. */
  readonly duplicates: number;
  /** Nobody predicted them: `entity@time` or the id. */
  readonly unknown: readonly NamedRow[];
  /** Older than the service keeps its log. */
  readonly removed: readonly NamedRow[];
  /** Another label is on record, and stands; the id is that of the prediction. */
  readonly contradictions: readonly NamedRow[];
  /** Not sent. */
  readonly invalid: readonly RowProblem[];
}

/** `line` is null where the service names a prediction that the file names by entity and time. */
export interface NamedRow {
  readonly line: number | null;
  readonly name: string;
}

interface NumberedOutcome {
  readonly line: number;
  readonly outcome: WireOutcome;
}

export interface SendOptions extends Pick<OutcomeContext, 'withinMs'> {
  /** Rows of one request; the service takes up to 10,000. @default 1000 */
  readonly batchRows?: number;
  onProgress(done: number, total: number): void;
}

/**
 * Sends the rows of a file, batch by batch. Sending them again is harmless. Rows that can't be sent are told and passed over;
 * throws a ClientError where the service refuses a batch as a whole, naming its lines.
 */
export async function sendOutcomes(
  client: PredictionClient,
  model: string,
  rows: readonly FiledOutcome[],
  { withinMs, batchRows = 1_000, onProgress }: SendOptions,
): Promise<SentOutcomes> {
  const { classes, problem } = await client.status(model);
  if (classes === null)
    throw new ClientError('refused', `no version of ${model} serves: ${problem ?? 'train one first'}`);
  const invalid: RowProblem[] = [];
  const valid: NumberedOutcome[] = [];
  for (const row of rows) {
    const outcome = toOutcome(row, { classes, withinMs });
    if ('reason' in outcome) invalid.push(outcome);
    else valid.push({ line: row.line, outcome });
  }
  const none: readonly NamedRow[] = [];
  let sum = { accepted: 0, duplicates: 0, unknown: none, removed: none, contradictions: none };
  for (let from = 0; from < valid.length; from += batchRows) {
    const batch = valid.slice(from, from + batchRows);
    const answer = await sendBatch(client, model, batch);
    const lines = new Map(batch.map(({ line, outcome }) => [nameOf(outcome), line]));
    const named = (names: readonly string[]): NamedRow[] =>
      names.map((name) => ({ line: lines.get(name) ?? null, name }));
    sum = {
      accepted: sum.accepted + answer.accepted,
      duplicates: sum.duplicates + answer.duplicates,
      unknown: [...sum.unknown, ...named(answer.unknown)],
      removed: [...sum.removed, ...named(answer.removed)],
      contradictions: [...sum.contradictions, ...named(answer.contradictions)],
    };
    onProgress(from + batch.length, valid.length);
  }
  return { model, rows: rows.length, ...sum, invalid };
}

async function sendBatch(
  client: PredictionClient,
  model: string,
  batch: readonly NumberedOutcome[],
): Promise<FeedbackAnswer> {
  const outcomes = batch.map(({ outcome }) => outcome);
  try {
    return await client.feedback(model, { outcomes });
  } catch (error) {
    if (!(error instanceof PredictionError)) throw error;
    // A request of which nothing is known, or nothing is kept, is refused as a whole.
    const none = { accepted: 0, duplicates: 0, unknown: [], removed: [], contradictions: [] };
    if (error.code === 'prediction-unknown') return { ...none, unknown: outcomes.map(nameOf) };
    if (error.code === 'prediction-removed') return { ...none, removed: outcomes.map(nameOf) };
    const lines = `lines ${batch[0]?.line} to ${batch.at(-1)?.line}`;
    const message = `${lines} were not taken: ${error.message} (what came before is on record; send the file again when it is mended)`;
    throw new ClientError('refused', message, { cause: error });
  }
}
