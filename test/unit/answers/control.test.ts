import { describe, expect, it } from 'vitest';
import { decide } from '../../../domain/answers/control.ts';
import { estimatePolicyValue, type LoggedDecision } from '../../../domain/answers/off-policy.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { drawFor } from '../../../serving/control-draws.ts';

const classes = ['no', 'yes'];
const random = { controlShare: 0.1, controlDecision: 'random' as const };

describe('a control slice', () => {
  it('leaves the others to the model, and knows how probable each answer was', () => {
    expect(decide({ policy: random, classes, modelLabel: 'yes', draws: [0.5, 0] })).toEqual({
      by: 'model',
      label: 'yes',
      propensity: 0.9 + 0.05,
    });
    expect(decide({ policy: random, classes, modelLabel: 'yes', draws: [0.05, 0.2] })).toMatchObject({
      by: 'control',
      label: 'no',
      propensity: 0.05,
    });
    expect(decide({ policy: random, classes, modelLabel: 'yes', draws: [0.05, 0.9] }).propensity).toBe(0.9 + 0.1 * 0.5);
  });

  it('can be decided alike always', () => {
    const policy = { controlShare: 0.2, controlDecision: { always: 'yes' } };
    const of = (draw: number, modelLabel: string) => decide({ policy, classes, modelLabel, draws: [draw, 0] });
    expect(of(0.1, 'no')).toEqual({ by: 'control', label: 'yes', propensity: 0.2 });
    expect(of(0.1, 'yes')).toEqual({ by: 'control', label: 'yes', propensity: 1 });
    expect(of(0.9, 'no')).toEqual({ by: 'model', label: 'no', propensity: 0.8 });
  });

  it('is decided also where the model abstains', () => {
    expect(decide({ policy: random, classes, modelLabel: null, draws: [0.5, 0] })).toEqual({
      by: 'model',
      label: null,
      propensity: 0.9,
    });
    expect(decide({ policy: random, classes, modelLabel: null, draws: [0, 0] }).label).toBe('no');
  });

  it('draws alike for a name each time, and evenly over names', () => {
    expect(drawFor('loans', 'customer 7')).toEqual(drawFor('loans', 'customer 7'));
    expect(drawFor('loans', 'customer 7')).not.toEqual(drawFor('cards', 'customer 7'));
    const draws = Array.from({ length: 4_000 }, (_, index) => drawFor('loans', `customer ${index}`));
    const inSlice = draws.filter(([first]) => first < 0.1);
    // Binomial: standard errors of 19, and of about 10 among 400.
    expect(Math.abs(inSlice.length - 400)).toBeLessThan(80);
    expect(Math.abs(inSlice.filter(([, second]) => second < 0.5).length - inSlice.length / 2)).toBeLessThan(42);
  });
});

/** Decisions of a bad model with a control slice; the reward is 1 where the answer was right. */
function log(rows: number, share: number, seed: number, target: (x: number) => string): LoggedDecision[] {
  const rng = createRng(seed);
  return Array.from({ length: rows }, (_, row) => {
    const x = rng();
    const truth = rng() < x ? 'yes' : 'no';
    const { label, propensity } = decide({
      policy: { controlShare: share, controlDecision: 'random' },
      classes,
      modelLabel: x > 0.8 ? 'yes' : 'no',
      draws: [rng(), rng()],
    });
    return { propensity, target: Number(label === target(x)), reward: Number(label === truth), entity: String(row) };
  });
}

describe('the worth of a policy from what another one decided', () => {
  it('is the example of its description', () => {
    const row = (target: number, reward: number, entity: string) => ({ propensity: 0.5, target, reward, entity });
    expect(estimatePolicyValue([row(1, 1, 'a'), row(0, 0, 'b')])).toMatchObject({ value: 1, effectiveRows: 1 });
  });

  it('counts the rows of an entity as one, and needs two of them and some overlap', () => {
    const row = (entity: string, target = 1) => ({ propensity: 0.5, target, reward: Number(entity === 'a'), entity });
    expect(estimatePolicyValue([row('a'), row('a')])).toBeNull();
    expect(estimatePolicyValue([row('a', 0), row('b', 0)])).toBeNull();
    const once = estimatePolicyValue([row('a'), row('b')])!.interval;
    const often = estimatePolicyValue([row('a'), row('a'), row('b'), row('b')])!.interval;
    expect(often.high - often.low).toBeCloseTo(once.high - once.low, 10);
  });

  it('refuses a propensity of nothing', () => {
    const row = { propensity: 0, target: 1, reward: 1, entity: 'a' };
    expect(() => estimatePolicyValue([row])).toThrow(/no propensity above 0/);
  });

  it('is unbiased, and its interval holds the truth as often as it says (600 logs of 1,500 rows)', () => {
    // The best policy says yes above .5 and is right with probability 3/4; the logged one says yes above .8 only.
    const [truth, runs] = [0.75, 600];
    let [sum, held] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const found = estimatePolicyValue(log(1_500, 0.2, run, (x) => (x > 0.5 ? 'yes' : 'no')))!;
      sum += found.value;
      if (found.interval.low <= truth && truth <= found.interval.high) held += 1;
    }
    expect(Math.abs(sum / runs - truth)).toBeLessThan(0.006);
    expect(held / runs).toBeGreaterThan(0.92);
    expect(held / runs).toBeLessThan(0.98);
  });
});
