import { findRowProblem } from '../../adapters/data/feature-rows.ts';
import type { Predictions } from '../../domain/task.ts';
import { answerRow, createAnswerContext, type Prediction } from '../answers.ts';
import { settingsOf, type Dependencies } from '../dependencies.ts';
import { predictRows } from '../routes/predict.ts';
import { scoreRows, scoreTable } from '../score.ts';
import type { HostedVersion } from '../slots/hosted-version.ts';
import type { Batch, ReadRow } from './batch.ts';

export interface RowError {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

/**
 * A prediction or an error for each row, or outputs alone, where all that is told of a row is in them. `from` is the number of the first
 * row, from 1.
 */
export type Answers =
  | {
      readonly kind: 'rows';
      readonly from: number;
      readonly rows: readonly (Prediction | { readonly error: RowError })[];
    }
  | { readonly kind: 'outputs'; readonly from: number; readonly outputs: Predictions };

type GoodRow = Extract<ReadRow, { kind: 'row' }>;

export interface BulkRequest {
  readonly deps: Dependencies;
  readonly model: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly champion: HostedVersion;
  /** Logged rows are answered like those of a single request: shadow, canary, control slice and all. */
  readonly isLogged: boolean;
  /** How much is told of a row: outputs alone, columns with their words, or all. */
  readonly tells: 'outputs' | 'columns' | 'all';
}

/** One answer a row, in the order of the rows; a row that can't be answered has its error in its place. */
export async function* answerBatches(request: BulkRequest, batches: AsyncIterable<Batch>): AsyncGenerator<Answers> {
  let from = 1;
  for await (const batch of batches) {
    const outputs = batch.kind === 'table' ? await answerColumns(request, batch) : null;
    if (outputs !== null) {
      yield { kind: 'outputs', from, outputs };
      from += outputs.values.length / outputs.width;
      continue;
    }
    const rows = batch.kind === 'rows' ? batch.rows : batch.toRows();
    yield { kind: 'rows', from, rows: await answerBatch(request, rows, from) };
    from += rows.length;
  }
}

/** Null where rows have to be looked at one by one. */
async function answerColumns(
  { deps, model, champion, isLogged, tells }: BulkRequest,
  { table, isAbout }: Extract<Batch, { kind: 'table' }>,
): Promise<Predictions | null> {
  if (isLogged || tells === 'all') return null;
  if (tells === 'outputs') return await scoreTable(champion, table);
  const { abstainBelow, abstainOutOfRange } = settingsOf(deps, model).answers;
  if (isAbout || abstainBelow !== null || abstainOutOfRange) return null;
  const outputs = await scoreTable(champion, table);
  return outputs.values.every(Number.isFinite) ? outputs : null;
}

async function answerBatch(
  request: BulkRequest,
  rows: readonly ReadRow[],
  from: number,
): Promise<readonly (Prediction | { readonly error: RowError })[]> {
  const { champion } = request;
  const isGood = (row: ReadRow): boolean => row.kind === 'row' && champion.isGoodRow(row.features);
  const errors = rows.map((row, index) => (isGood(row) ? null : findError(row, from + index, champion)));
  const good = rows.filter((_, index) => errors[index] === null) as readonly GoodRow[];
  const answered =
    good.length === 0 ? [] : request.isLogged ? await logged(request, good) : await unlogged(request, good);
  let next = 0;
  return errors.map((error) => (error === null ? answered[next++]! : { error }));
}

function findError(row: ReadRow, number: number, { model }: HostedVersion): RowError | null {
  if (row.kind === 'unreadable') {
    const { problem, field } = row;
    return { code: 'request-invalid', message: `row ${number}${problem}`, ...(field === undefined ? {} : { field }) };
  }
  const problem = findRowProblem(model.signature.schema, row.features);
  if (problem === null) return null;
  return { code: 'feature-invalid', message: `row ${number}: ${problem.message}`, field: problem.field };
}

async function logged(
  { deps, model, requestId, traceparent }: BulkRequest,
  good: readonly GoodRow[],
): Promise<readonly Prediction[]> {
  const rows = good.map(({ features }) => features);
  const entities = good.flatMap(({ entity }) => entity ?? []);
  const times = good.flatMap(({ time }) => time ?? []);
  const about = { ...(entities.length > 0 && { entities }), ...(times.length > 0 && { times }) };
  return (await predictRows(deps, model, { requestId, rows, ...about }, { traceparent })).predictions;
}

/** What nobody logs decides nothing: no control slice, and no id that an outcome could name. */
async function unlogged(
  { deps, model, champion }: BulkRequest,
  good: readonly GoodRow[],
): Promise<readonly Prediction[]> {
  const rows = good.map(({ features }) => features);
  const { outputs } = await scoreRows(champion, null, rows, deps.logger);
  const policy = { ...settingsOf(deps, model).answers, controlShare: 0 };
  const context = createAnswerContext(champion.model.signature.schema, policy, champion.residuals);
  return outputs.map((output, row) => {
    const outside = champion.listOutside(rows[row] ?? {});
    return answerRow(context, { id: '', output, outside, draws: () => [0, 0] }).prediction;
  });
}
