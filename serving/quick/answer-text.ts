import { answerRow, shareOfClasses, type AnswerContext, type AnsweredRow } from '../answers.ts';
import type { PredictionRecord } from '../../adapters/ports/store.ts';

/** One row; `abstained` is the code of why there is no answer. */
export interface PredictionText extends Pick<PredictionRecord, 'abstained'> {
  readonly text: string;
}

/** The answer to a request in JSON, from what goes on record. */
export interface AnswerText {
  toPrediction(id: string, output: readonly number[], outside: readonly string[]): PredictionText;
  toAnswer(requestId: string, predictions: string): string;
}

const noDraws = (): readonly [number, number] => [0, 0];

/** Texts that are the same in every answer are put together once. */
export function compileAnswerText(model: string, version: string, context: AnswerContext): AnswerText {
  const begin = `{"model":${JSON.stringify(model)},"version":${JSON.stringify(version)},"requestId":`;
  const { policy, schema } = context;
  const describe = schema.classes.length > 0 ? compileClasses(schema.classes) : compileValue(context);
  return {
    toPrediction(id, output, outside) {
      if (outside.length === 0 && policy.abstainBelow === null) return { text: describe(id, output) };
      return inFull(answerRow(context, { id, output, outside, draws: noDraws }));
    },
    toAnswer: (requestId, predictions) => `${begin}${JSON.stringify(requestId)},"predictions":[${predictions}]}`,
  };
}

function inFull({ prediction }: AnsweredRow): PredictionText {
  const text = JSON.stringify(prediction);
  return prediction.abstained === undefined ? { text } : { text, abstained: prediction.abstained.code };
}

type Describe = (id: string, output: readonly number[]) => string;

function compileClasses(classes: readonly string[]): Describe {
  const names = classes.map((name) => JSON.stringify(name));
  return (id, output) => {
    const { shares, best } = shareOfClasses(classes, output);
    let probabilities = '';
    for (let index = 0; index < names.length; index += 1) {
      probabilities += `${index === 0 ? '' : ','}${names[index]}:${shares[index] ?? 0}`;
    }
    return `{"id":${JSON.stringify(id)},"label":${names[best]},"probability":${shares[best]},"probabilities":{${probabilities}}}`;
  };
}

function compileValue({ policy, halfWidth: half }: AnswerContext): Describe {
  return (id, [value = Number.NaN]) => {
    if (half === null) return `{"id":${JSON.stringify(id)},"value":${value}}`;
    const interval = `{"low":${value - half},"high":${value + half},"level":${policy.intervalLevel}}`;
    return `{"id":${JSON.stringify(id)},"value":${value},"interval":${interval}}`;
  };
}
