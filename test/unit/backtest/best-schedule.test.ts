import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestSchedules, cheapest, type ScoredModel } from '../../../backtest/best-schedule.ts';

/** Every way to serve: at each block go on, or take one of the models that are new there. */
function tryAll(models: readonly ScoredModel[], blocks: number, trainingCost: number): number {
  const play = (block: number, serving: ScoredModel | null): number => {
    if (block === blocks) return 0;
    const fresh = models.filter(({ firstBlock }) => firstBlock === block);
    const answers = serving === null ? [] : [{ model: serving, cost: 0 }];
    answers.push(...fresh.map((model) => ({ model, cost: block === 0 ? 0 : trainingCost })));
    return Math.min(
      ...answers.map(({ model, cost }) => cost + model.losses[block - model.firstBlock]! + play(block + 1, model)),
    );
  };
  return play(0, null);
}

const costOf = (models: readonly ScoredModel[], blocks: number, trainingCost: number): number => {
  const { loss, retrainings } = cheapest(bestSchedules(models, blocks), trainingCost);
  return loss + trainingCost * retrainings;
};

/** Whole losses: sums of them are exact in any order. */
const problem = fc.integer({ min: 1, max: 7 }).chain((blocks) =>
  fc.record({
    blocks: fc.constant(blocks),
    models: fc
      .array(
        fc.nat({ max: blocks - 1 }).chain((firstBlock) =>
          fc.record({
            firstBlock: fc.constant(firstBlock),
            losses: fc.array(fc.nat({ max: 100 }), { minLength: blocks - firstBlock, maxLength: blocks - firstBlock }),
          }),
        ),
        { maxLength: 8 },
      )
      .map((models) => [{ firstBlock: 0, losses: Array<number>(blocks).fill(50) }, ...models]),
    trainingCost: fc.nat({ max: 120 }),
  }),
);

describe('the best schedule in hindsight', () => {
  const models = [
    { firstBlock: 0, losses: [1, 9, 9] },
    { firstBlock: 1, losses: [2, 2] },
  ];

  it('retrains where it pays', () => {
    expect(bestSchedules(models, 3)).toEqual([
      { retrainings: 0, loss: 19, stretches: [{ model: 0, from: 0, to: 3 }] },
      {
        retrainings: 1,
        loss: 5,
        stretches: [
          { model: 0, from: 0, to: 1 },
          { model: 1, from: 1, to: 3 },
        ],
      },
    ]);
    expect(cheapest(bestSchedules(models, 3), 10).retrainings).toBe(1);
    expect(cheapest(bestSchedules(models, 3), 14).retrainings).toBe(0);
  });

  it('needs a model for the first block', () => {
    expect(() => bestSchedules([models[1]!], 3)).toThrow('no model could have answered the first block');
  });

  it('costs what the best of all schedules costs', () => {
    fc.assert(
      fc.property(problem, ({ models: drawn, blocks, trainingCost }) => {
        expect(costOf(drawn, blocks, trainingCost)).toBe(tryAll(drawn, blocks, trainingCost));
      }),
    );
  });

  it('loses what its stretches say, and covers every block once', () => {
    fc.assert(
      fc.property(problem, ({ models: drawn, blocks }) => {
        for (const { loss, retrainings, stretches } of bestSchedules(drawn, blocks)) {
          expect(stretches).toHaveLength(retrainings + 1);
          expect(stretches.map(({ from }) => from)).toEqual([0, ...stretches.slice(0, -1).map(({ to }) => to)]);
          expect(stretches.at(-1)?.to).toBe(blocks);
          const sums = stretches.flatMap(({ model, from, to }) => drawn[model]!.losses.slice(0, to - from));
          expect(sums.reduce((sum, one) => sum + one, 0)).toBe(loss);
        }
      }),
    );
  });

  it('retrains less the more a training costs, and never costs less for it', () => {
    fc.assert(
      fc.property(problem, ({ models: drawn, blocks, trainingCost }) => {
        const schedules = bestSchedules(drawn, blocks);
        const [cheap, dear] = [cheapest(schedules, trainingCost), cheapest(schedules, trainingCost + 10)];
        expect(dear.retrainings).toBeLessThanOrEqual(cheap.retrainings);
        expect(costOf(drawn, blocks, trainingCost + 10)).toBeGreaterThanOrEqual(costOf(drawn, blocks, trainingCost));
      }),
    );
  });
});
