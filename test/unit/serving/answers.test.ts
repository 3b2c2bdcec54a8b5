import { describe, expect, it } from 'vitest';
import { defaultAnswerPolicy, type AnswerPolicy } from '../../../domain/answers/policy.ts';
import { answerRow, createAnswerContext, outputOf, type RowQuestion } from '../../../serving/answers.ts';

const residuals = { rows: 19, sizes: Array.from({ length: 19 }, (_, index) => index + 1), every: 1 };

function answer(
  classes: string[],
  output: readonly number[],
  policy: Partial<AnswerPolicy> = {},
  question: Partial<RowQuestion> = {},
) {
  const context = createAnswerContext(
    { features: [], label: 'y', classes },
    { ...defaultAnswerPolicy, ...policy },
    classes.length === 0 ? residuals : null,
  );
  return answerRow(context, { id: 'a', output, outside: [], draws: () => [0.5, 0.5], ...question });
}

describe('a prediction in the client’s words', () => {
  it('is the likelier class of two, with its probability', () => {
    const { prediction, decision } = answer(['DOWN', 'UP'], [0.25]);
    expect(prediction).toEqual({ id: 'a', label: 'DOWN', probability: 0.75, probabilities: { DOWN: 0.75, UP: 0.25 } });
    expect(decision).toBeNull();
    expect(answer(['DOWN', 'UP'], [0.75]).prediction).toMatchObject({ label: 'UP', probability: 0.75 });
  });

  it('is the likeliest class of many', () => {
    const { prediction } = answer(['a', 'b', 'c'], [0.2, 0.5, 0.3]);
    expect(prediction).toEqual({ id: 'a', label: 'b', probability: 0.5, probabilities: { a: 0.2, b: 0.5, c: 0.3 } });
  });

  it('is a value for a regression, with the interval that its holdout promises', () => {
    const interval = { low: -21.5, high: 14.5, level: 0.9 };
    expect(answer([], [-3.5]).prediction).toEqual({ id: 'a', value: -3.5, interval });
    expect(answer([], [-3.5], { intervalLevel: 0.99 }).prediction).toEqual({ id: 'a', value: -3.5 });
  });

  it('names the features that training did not have such values of, and answers all the same', () => {
    expect(answer([], [1], {}, { outside: ['price'] }).prediction).toMatchObject({ value: 1, outOfRange: ['price'] });
  });

  it('is withheld with the reason where it is too unsure', () => {
    const { prediction } = answer(['no', 'yes'], [0.6], { abstainBelow: 0.7 });
    expect(prediction).toEqual({
      id: 'a',
      probabilities: { no: 0.4, yes: 0.6 },
      abstained: {
        code: 'low-probability',
        reason: 'the likeliest class, "yes", has probability 0.600, and 0.7 is asked for',
      },
    });
    expect(answer(['no', 'yes'], [0.7], { abstainBelow: 0.7 }).prediction.label).toBe('yes');
  });

  it('is withheld with the reason where training did not have such values, if the policy says so', () => {
    const { prediction } = answer([], [1], { abstainOutOfRange: true }, { outside: ['price', 'load'] });
    expect(prediction).toEqual({
      id: 'a',
      outOfRange: ['price', 'load'],
      abstained: {
        code: 'out-of-range',
        reason: '"price", "load" are outside of what the model was trained on',
      },
    });
    expect(answer([], [1], { abstainOutOfRange: true }).prediction.value).toBe(1);
  });

  it('says where it was decided without the model, and nothing of what the model thinks', () => {
    const slice = { controlShare: 0.1 };
    const { prediction, decision } = answer(['no', 'yes'], [0.9], slice, { draws: () => [0.05, 0.1] });
    expect(prediction).toEqual({ id: 'a', label: 'no', decidedBy: 'control' });
    expect(decision).toEqual({ by: 'control', label: 'no', propensity: 0.05 });
    const others = answer(['no', 'yes'], [0.9], slice, { draws: () => [0.1, 0.1] });
    expect(others.prediction).toMatchObject({ label: 'yes', probability: 0.9 });
    expect(others.decision).toEqual({ by: 'model', label: 'yes', propensity: 0.9 + 0.05 });
  });
});

describe('the output of a row', () => {
  it('is cut out of the flat values', () => {
    expect(outputOf({ width: 2, values: [1, 2, 3, 4] }, 1)).toEqual([3, 4]);
    expect(outputOf({ width: 1, values: Float64Array.of(0.5) }, 0)).toEqual([0.5]);
  });

  it.each([[[Number.NaN]], [[Number.POSITIVE_INFINITY]], [[]]])('is none when the model gave %j', (values) => {
    expect(outputOf({ width: 1, values }, 0)).toBeNull();
  });
});
