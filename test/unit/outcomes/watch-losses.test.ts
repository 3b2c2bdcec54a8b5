import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { measureHoldoutRisk } from '../../../domain/outcomes/holdout-risk.ts';
import { fillBlocks } from '../../../domain/outcomes/loss-blocks.ts';
import { beginLossWatch, watchLosses } from '../../../domain/outcomes/watch-losses.ts';
import { dependentErrors } from '../../../simulations/outcomes.ts';

function errors(rate: number, rows: number, seed: number): Float64Array {
  const random = createRng(seed);
  return Float64Array.from({ length: rows }, () => (random() < rate ? 1 : 0));
}

const sticky = dependentErrors({ rate: 0.2, rows: 4_000, correlation: 0.9, spread: 1, seed: 1 });

describe('watchLosses', () => {
  it('takes independent losses one by one', () => {
    const { watch } = watchLosses(beginLossWatch('auto'), errors(0.2, 1_000, 1), null);
    expect(watch).toMatchObject({ blocks: { rows: 1 }, first: null });
  });

  it('takes losses that depend on each other in blocks, and stays with them', () => {
    const { watch } = watchLosses(beginLossWatch('auto'), sticky, null);
    expect(watch.blocks.rows).toBeGreaterThan(20);
    const later = watchLosses(watch, errors(0.2, 5_000, 2), null);
    expect(later.watch.blocks.rows).toBe(watch.blocks.rows);
  });

  it('begins with the blocks of the holdout, and never takes shorter ones', () => {
    const begun = beginLossWatch('auto', 48);
    expect(watchLosses(begun, errors(0.2, 100, 1), null).watch.blocks).toMatchObject({ rows: 48, count: 4 });
    expect(watchLosses(begun, errors(0.2, 1_000, 1), null).watch.blocks.rows).toBe(48);
  });

  it('keeps to the rows that a policy names', () => {
    expect(watchLosses(beginLossWatch(7), sticky, null).watch.blocks.rows).toBe(7);
  });

  it('finds a rise in blocks too, and reports it as mean losses', () => {
    const losses = [...errors(0.2, 10_000, 1), ...errors(0.4, 10_000, 2)];
    const { changes } = watchLosses(beginLossWatch(48), losses, null);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ direction: 'up' });
    expect(changes[0]!.before).toBeCloseTo(0.2, 1);
    expect(changes[0]!.after).toBeGreaterThan(0.3);
  });

  it('gives the same state in parts, through JSON, as at once', () => {
    const losses = errors(0.2, 3_000, 3);
    const atOnce = watchLosses(beginLossWatch(10), losses, 0.25).watch;
    let watch = beginLossWatch(10);
    for (let row = 0; row < losses.length; row += 333) {
      watch = JSON.parse(JSON.stringify(watchLosses(watch, losses.subarray(row, row + 333), 0.25).watch));
    }
    expect(watch).toEqual(atOnce);
  });
});

describe('fillBlocks', () => {
  it('carries an unfinished block over to the next losses', () => {
    const first = fillBlocks({ rows: 3, sum: 0, count: 0 }, [1, 0]);
    expect(first).toEqual({ blocks: { rows: 3, sum: 1, count: 2 }, means: new Float64Array(0) });
    const second = fillBlocks(first.blocks, [0.5, 0, 0, 0, 1]);
    expect(second).toEqual({ blocks: { rows: 3, sum: 1, count: 1 }, means: Float64Array.of(0.5, 0) });
  });
});

describe('measureHoldoutRisk', () => {
  it('is wider where losses depend on each other', () => {
    const independent = measureHoldoutRisk(errors(0.2, 4_000, 1))!;
    const dependent = measureHoldoutRisk(sticky)!;
    expect(independent).toMatchObject({ rows: 4_000, blockRows: 1 });
    expect(dependent.blockRows).toBeGreaterThan(20);
    expect(dependent.upperBound - dependent.mean).toBeGreaterThan(2 * (independent.upperBound - independent.mean));
  });

  it('is null without losses', () => {
    expect(measureHoldoutRisk(new Float64Array(3).fill(Number.NaN))).toBeNull();
  });
});
