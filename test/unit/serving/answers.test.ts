import { describe, expect, it } from 'vitest';
import { describePrediction, outputOf } from '../../../serving/answers.ts';

const schema = (classes: string[]) => ({ features: [], label: 'y', classes });

describe('a prediction in the client’s words', () => {
  it('is the likelier class of two, with its probability', () => {
    const down = describePrediction(schema(['DOWN', 'UP']), 'a', [0.25]);
    expect(down).toEqual({ id: 'a', label: 'DOWN', probability: 0.75, probabilities: { DOWN: 0.75, UP: 0.25 } });
    expect(describePrediction(schema(['DOWN', 'UP']), 'a', [0.75])).toMatchObject({ label: 'UP', probability: 0.75 });
  });

  it('is the likeliest class of many', () => {
    const answer = describePrediction(schema(['a', 'b', 'c']), 'x', [0.2, 0.5, 0.3]);
    expect(answer).toEqual({ id: 'x', label: 'b', probability: 0.5, probabilities: { a: 0.2, b: 0.5, c: 0.3 } });
  });

  it('is a value for a regression', () => {
    expect(describePrediction(schema([]), 'x', [-3.5])).toEqual({ id: 'x', value: -3.5 });
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
