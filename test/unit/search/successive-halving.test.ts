import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeRung, planRungs, type Rung } from '../../../domain/search/successive-halving.ts';
import { countWeights, estimateSeconds, paysToStopEarly } from '../../../domain/search/training-time.ts';

/** A candidate's validation loss after each epoch, from the first on. */
type Curve = readonly number[];

const id = (index: number): string => `c${index}`;

/** Trains by the rungs; the epochs that each candidate had, and those that were never stopped. */
function search(curves: readonly Curve[], rungs: readonly Rung[], maxEpochs: number) {
  const epochs = new Map(curves.map((_, index) => [id(index), 0]));
  let running = curves.map((_, index) => id(index));
  for (const rung of rungs) {
    for (const one of running) epochs.set(one, rung.epochs);
    const standings = running.map((one) => ({
      id: one,
      validationLoss: curves[Number(one.slice(1))]![rung.epochs - 1]!,
      isDone: false,
    }));
    running = [...judgeRung(rung, standings).goOn];
  }
  for (const one of running) epochs.set(one, maxEpochs);
  return { epochs, finished: running };
}

const policies = fc.record({ eta: fc.integer({ min: 2, max: 5 }), firstEpochs: fc.integer({ min: 1, max: 6 }) });
const maxEpochs = 40;

/** Curves that fall, each by the same steps from a start of its own: they never cross. */
const fallingCurves = fc
  .record({
    starts: fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 12 }),
    steps: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: maxEpochs, maxLength: maxEpochs }),
  })
  .map(({ starts, steps }) =>
    starts.map((start) => {
      let loss = 20_000 + start;
      return steps.map((step) => (loss -= step));
    }),
  );

describe('successive halving', () => {
  it.each([
    [
      6,
      30,
      3,
      3,
      [
        [3, 2],
        [9, 1],
      ],
    ],
    [
      9,
      81,
      3,
      1,
      [
        [1, 3],
        [3, 1],
      ],
    ],
    [
      8,
      16,
      2,
      1,
      [
        [1, 4],
        [2, 2],
        [4, 1],
      ],
    ],
    [6, 3, 3, 3, []],
    [1, 30, 3, 3, []],
  ])(
    'compares %i candidates of at most %i epochs, η = %i from epoch %i on',
    (candidates, most, eta, firstEpochs, expected) => {
      const rungs = planRungs(candidates, most, { eta, firstEpochs });
      expect(rungs.map(({ epochs, keep }) => [epochs, keep])).toEqual(expected);
    },
  );

  it('never stops the one that is best at the end, where curves fall and do not cross', () => {
    fc.assert(
      fc.property(fallingCurves, policies, (curves, policy) => {
        const { finished } = search(curves, planRungs(curves.length, maxEpochs, policy), maxEpochs);
        const last = curves.map((curve) => curve.at(-1)!);
        expect(finished).toContain(id(last.indexOf(Math.min(...last))));
      }),
    );
  });

  it('spends no more epochs than its rungs allow, and never more than training everybody to the end', () => {
    const anyCurves = fc.array(
      fc.array(fc.double({ min: 0, max: 5 }), { minLength: maxEpochs, maxLength: maxEpochs }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(anyCurves, policies, (curves, policy) => {
        const rungs = planRungs(curves.length, maxEpochs, policy);
        const { epochs } = search(curves, rungs, maxEpochs);
        const spent = [...epochs.values()].reduce((sum, one) => sum + one, 0);
        const allowed = [...rungs, { epochs: maxEpochs, keep: 0 }].reduce((sum, rung, at) => {
          const left = at === 0 ? curves.length : rungs[at - 1]!.keep;
          return sum + left * (rung.epochs - (rungs[at - 1]?.epochs ?? 0));
        }, 0);
        expect(spent).toBe(allowed);
        expect(spent).toBeLessThanOrEqual(curves.length * maxEpochs);
      }),
    );
  });

  it('lets those that come first go on among equals, and nobody whose loss is no number before one that has one', () => {
    const standings = [
      { id: 'a', validationLoss: Number.NaN, isDone: false },
      { id: 'b', validationLoss: 0.5, isDone: false },
      { id: 'c', validationLoss: 0.5, isDone: false },
      { id: 'd', validationLoss: 0.4, isDone: false },
    ];
    const { goOn, stopped } = judgeRung({ epochs: 3, keep: 2 }, standings);
    expect(goOn).toEqual(['b', 'd']);
    expect(stopped.map((one) => one.id)).toEqual(['a', 'c']);
    expect(stopped[1]!.reason).toBe(
      'stopped after epoch 3: validation loss 0.5000, place 3 of 4; the best 2 go on (d with 0.4000)',
    );
  });

  it('gives a place to what stopped by itself, and no more epochs', () => {
    const standings = [
      { id: 'a', validationLoss: 0.3, isDone: true },
      { id: 'b', validationLoss: 0.4, isDone: false },
      { id: 'c', validationLoss: 0.5, isDone: false },
    ];
    const { goOn, stopped } = judgeRung({ epochs: 9, keep: 2 }, standings);
    expect([goOn, stopped.map((one) => one.id)]).toEqual([['b'], ['c']]);
  });
});

describe('the time that training is expected to take', () => {
  const size = { rows: 30_000, maxEpochs: 30, batchSize: 128, weights: countWeights(20, [64, 32], 1) };

  it('counts the weights of a dense stack with its biases', () => {
    expect(size.weights).toBe(21 * 64 + 65 * 32 + 33);
  });

  it('is short for six small networks on a small table, and long on a large one, or for networks of one’s own', () => {
    expect(estimateSeconds(size)).toBeLessThan(2);
    expect(paysToStopEarly(Array.from({ length: 6 }, () => size))).toBe(false);
    expect(paysToStopEarly(Array.from({ length: 6 }, () => ({ ...size, rows: 1_000_000 })))).toBe(true);
    expect(paysToStopEarly([{ ...size, weights: null }])).toBe(true);
  });
});
