import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DenseStack } from '../../../domain/explain/dense-stack.ts';
import { attributeDense } from '../../../domain/explain/integrated-gradients.ts';
import { createRng } from '../../../domain/math/rng.ts';
import vectors from '../../vectors/explain.json' with { type: 'json' };

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function randomStack(ending: DenseStack['ending'], widths: readonly number[], seed: number): DenseStack {
  const random = createRng(seed);
  const numbers = (length: number) => Float64Array.from({ length }, () => 2 * random() - 1);
  const layers = widths.slice(1).map((units, index) => ({
    kernel: numbers(widths[index]! * units),
    bias: numbers(units),
  }));
  return { ending, layers };
}

describe('integrated gradients of a dense stack', () => {
  it.each(vectors.attributions)('agree with a sum of 200,000 steps by numpy: $name', (one) => {
    const layers = one.layers.map(({ kernel, bias }) => ({ kernel: kernel.flat(), bias }));
    const stack = { layers, ending: one.ending as DenseStack['ending'] };
    const found = attributeDense(stack, Float64Array.from(one.x), Float64Array.from(one.baseline), one.of);
    expect(found.output).toBeCloseTo(one.output, 12);
    expect(found.baselineOutput).toBeCloseTo(one.baselineOutput, 12);
    found.attributions.forEach((value, input) => expect(Math.abs(value - one.attributions[input]!)).toBeLessThan(2e-5));
  });

  it('sum to output − baseline output (completeness), whatever the network and the row', () => {
    const any = fc.record({
      ending: fc.constantFrom<DenseStack['ending']>('linear', 'sigmoid', 'softmax'),
      hidden: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
      seed: fc.integer(),
      x: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 5, maxLength: 5 }),
      baseline: fc.array(fc.constantFrom(0, 1, -0.5), { minLength: 5, maxLength: 5 }),
    });
    fc.assert(
      fc.property(any, ({ ending, hidden, seed, x, baseline }) => {
        const stack = randomStack(ending, [5, ...hidden, ending === 'softmax' ? 3 : 1], seed);
        const found = attributeDense(stack, Float64Array.from(x), Float64Array.from(baseline), 0);
        const change = found.output - found.baselineOutput;
        expect(Math.abs(sumOf(found.attributions) - change)).toBeLessThan(1e-6);
      }),
      { numRuns: 500 },
    );
  });

  it('are weight × (value − baseline) for a line, to the last digit', () => {
    const stack: DenseStack = { ending: 'linear', layers: [{ kernel: [2, -1, 0.5], bias: [7] }] };
    const found = attributeDense(stack, Float64Array.of(3, 1, 4), Float64Array.of(0, 0, 2), 0);
    expect([...found.attributions]).toEqual([6, -1, 1]);
    expect(found.output - found.baselineOutput).toBe(6);
  });

  it('give nothing where a value is the baseline, and nothing at all for the baseline itself', () => {
    const stack = randomStack('sigmoid', [4, 8, 1], 5);
    const baseline = Float64Array.of(0.1, -0.2, 0.3, 0);
    expect([...attributeDense(stack, baseline, baseline, 0).attributions].every((value) => value === 0)).toBe(true);
    const row = Float64Array.of(0.1, 4, 0.3, 0);
    expect([...attributeDense(stack, row, baseline, 0).attributions].map(Math.abs).slice(2)).toEqual([0, 0]);
  });

  it('end on a wide network, too', () => {
    const stack = randomStack('sigmoid', [20, 400, 200, 1], 9);
    const random = createRng(2);
    const row = Float64Array.from({ length: 20 }, () => 6 * random() - 3);
    const found = attributeDense(stack, row, new Float64Array(20), 0);
    expect(Math.abs(sumOf(found.attributions) - (found.output - found.baselineOutput))).toBeLessThan(1e-3);
  });
});

describe('integrated gradients keep what they promise (the axioms of Sundararajan et al.)', () => {
  const anyStack = fc.record({
    ending: fc.constantFrom<DenseStack['ending']>('linear', 'sigmoid', 'softmax'),
    hidden: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
    seed: fc.integer(),
    x: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }),
  });
  const build = ({ ending, hidden, seed }: { ending: DenseStack['ending']; hidden: number[]; seed: number }) =>
    randomStack(ending, [4, ...hidden, ending === 'softmax' ? 3 : 1], seed);
  const attribute = (stack: DenseStack, x: readonly number[], baseline: readonly number[] = [0, 0, 0, 0]): number[] => [
    ...attributeDense(stack, Float64Array.from(x), Float64Array.from(baseline), 0).attributions,
  ];
  /** The first layer with other kernels: a row per input. */
  const withFirstKernel = (stack: DenseStack, change: (rows: number[][]) => number[][]): DenseStack => {
    const [first, ...others] = stack.layers;
    const units = first!.bias.length;
    const rows = Array.from({ length: 4 }, (_, input) =>
      Array.from({ length: units }, (__, unit) => first!.kernel[input * units + unit]!),
    );
    return { ...stack, layers: [{ kernel: change(rows).flat(), bias: first!.bias }, ...others] };
  };

  it('nothing for an input that the network does not read', () => {
    fc.assert(
      fc.property(anyStack, (one) => {
        const deaf = withFirstKernel(build(one), ([a, b, c, d]) => [a!, b!, c!.map(() => 0), d!]);
        expect(Math.abs(attribute(deaf, one.x)[2]!)).toBe(0);
      }),
    );
  });

  it('the same for inputs that the network treats alike and that are alike', () => {
    fc.assert(
      fc.property(anyStack, (one) => {
        const twins = withFirstKernel(build(one), ([a, b, c]) => [a!, b!, c!, a!]);
        const [x0, x1, x2] = one.x;
        const [first, , , last] = attribute(twins, [x0!, x1!, x2!, x0!]);
        expect(first).toBeCloseTo(last!, 12);
      }),
    );
  });

  it('the opposite when row and baseline change places', () => {
    fc.assert(
      fc.property(anyStack, (one) => {
        const stack = build(one);
        const [there, back] = [attribute(stack, one.x), attribute(stack, [0, 0, 0, 0], one.x)];
        for (const [input, value] of there.entries()) expect(Math.abs(value + back[input]!)).toBeLessThan(1e-6);
      }),
    );
  });

  it('half of the way for a unit that wakes half way: max(0, a + b − 1) from (0, 0) to (1, 1)', () => {
    const layers = [
      { kernel: [1, 1], bias: [-1] },
      { kernel: [1], bias: [0] },
    ];
    const [a, b] = attribute({ ending: 'linear', layers }, [1, 1], [0, 0]);
    expect(a).toBeCloseTo(0.5, 8);
    expect(b).toBeCloseTo(0.5, 8);
    const [less, more] = attribute({ ending: 'linear', layers }, [0.5, 1.5], [0, 0]);
    expect([less, more]).toEqual([expect.closeTo(0.25, 8), expect.closeTo(0.75, 8)]);
  });
});
