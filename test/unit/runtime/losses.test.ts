import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../domain/task.ts';
import { findImprobable, lossAndSlopes, meanLoss } from '../../../adapters/runtime/losses.ts';

const answers = (task: Task, width: number, outputs: number[], targets: number[]) => ({
  task,
  width,
  outputs: Float32Array.from(outputs),
  targets: Float32Array.from(targets),
});

describe('losses', () => {
  it('are cross-entropy for classes and the squared error for values, a mean over rows', () => {
    expect(meanLoss([answers('binary', 1, [0.5, 0.25], [1, 0])])).toBeCloseTo(-(Math.log(0.5) + Math.log(0.75)) / 2, 6);
    expect(meanLoss([answers('multiclass', 3, [0.2, 0.3, 0.5], [0, 0, 1])])).toBeCloseTo(Math.log(2), 6);
    expect(meanLoss([answers('regression', 1, [1, 4], [0, 2])])).toBeCloseTo(2.5, 6);
  });

  it('stay finite for a certain mistake, and show an output that is no number', () => {
    expect(meanLoss([answers('binary', 1, [1], [0])])).toBeLessThan(17);
    expect(meanLoss([answers('binary', 1, [Number.NaN], [0])])).toBeNaN();
  });

  it('count a row by its weight', () => {
    const { loss, slopes } = lossAndSlopes(answers('regression', 1, [1, 1], [0, 0]), Float32Array.from([3, 1]));
    expect(loss).toBe(2);
    expect([...slopes]).toEqual([3, 1]);
  });

  it.each(['binary', 'multiclass', 'regression'] as const)('have the slopes of their own differences: %s', (task) => {
    const probability = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(probability, fc.constantFrom(0, 1), (output, target) => {
        const at = (value: number) => lossAndSlopes(answers(task, 1, [value], [target]), null);
        const step = 2 ** -8;
        const difference = (at(output + step).loss - at(output - step).loss) / (2 * step);
        expect(Math.abs(at(output).slopes[0]! - difference)).toBeLessThan(0.1);
      }),
    );
  });
});

describe('findImprobable', () => {
  it('finds what is outside 0 to 1, and classes that do not sum to 1', () => {
    expect(findImprobable(Float32Array.from([0, 0.5, 1]), 1)).toBeNull();
    expect(findImprobable(Float32Array.from([0.5, -2]), 1)).toBe('-2, not a probability');
    expect(findImprobable(Float32Array.from([0.25, 0.75, 0.5, 0.75]), 2)).toContain('sum to 1.25');
  });
});
