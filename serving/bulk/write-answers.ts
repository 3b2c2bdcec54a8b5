import { stringify } from './csv-line.ts';
import type { DataSchema } from '../../domain/table.ts';
import type { Answers } from './answer-batches.ts';

type RowAnswers = AsyncIterable<Answers>;

/** `{"row", …prediction}` or `{"row", "error"}`, as one line each. */
export async function* writeNdjson(answers: RowAnswers): AsyncGenerator<string> {
  for await (const batch of answers)
    yield toJsonRows(batch)
      .map((row) => `${row}\n`)
      .join('');
}

/** The same as one array. */
export async function* writeJson(answers: RowAnswers): AsyncGenerator<string> {
  let separator = '[';
  for await (const batch of answers) {
    yield `${separator}${toJsonRows(batch).join(',\n')}`;
    separator = ',\n';
  }
  yield separator === '[' ? '[]\n' : ']\n';
}

function toJsonRows(batch: Answers): readonly string[] {
  if (batch.kind === 'outputs') throw new Error('outputs alone are for columns');
  return batch.rows.map((answer, index) => JSON.stringify({ row: batch.from + index, ...withoutEmptyId(answer) }));
}

function withoutEmptyId<T extends object>(answer: T): Partial<T> {
  if (!('id' in answer) || answer.id !== '') return answer;
  const { id: _id, ...rest } = answer;
  return rest as Partial<T>;
}

/** A line a row: its number, id, answer, a probability for each class, and an error. */
export async function* writeCsv(answers: RowAnswers, { classes }: DataSchema): AsyncGenerator<string> {
  const isClass = classes.length > 0;
  const told = isClass ? ['label', 'probability', ...classes.map((name) => `p_${name}`)] : ['value', 'low', 'high'];
  // Comes with the first batch: what is wrong from the start is refused instead.
  let header = stringify(['row', 'id', ...told, 'abstained', 'error']);
  for await (const batch of answers) {
    if (batch.kind === 'outputs') throw new Error('outputs alone are for columns');
    const lines = batch.rows.map((answer, index) => {
      const row = batch.from + index;
      if ('error' in answer) return stringify([row, '', ...told.map(() => ''), '', answer.error.message]);
      const { id, label, probability, probabilities, value, interval, abstained } = answer;
      const cells = isClass
        ? [label, probability, ...classes.map((name) => probabilities?.[name])]
        : [value, interval?.low, interval?.high];
      return stringify([row, id, ...cells, abstained?.code, '']);
    });
    yield header + lines.join('');
    header = '';
  }
  if (header !== '') yield header;
}
