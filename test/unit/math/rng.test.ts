import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';

const draw = (rng: () => number, count: number) => Array.from({ length: count }, rng);

describe('createRng', () => {
  it('gives the same numbers for the same seed, and keeps giving them in later releases', () => {
    expect(draw(createRng(42), 5)).toEqual(draw(createRng(42), 5));
    expect(draw(createRng(42), 3)).toMatchInlineSnapshot(`
      [
        0.888646338135004,
        0.9758593754377216,
        0.9414319875650108,
      ]
    `);
  });

  it('carries on from a stored state', () => {
    const rng = createRng(7);
    draw(rng, 10);
    const stored = JSON.parse(JSON.stringify(rng.state()));
    expect(draw(createRng(stored), 5)).toEqual(draw(rng, 5));
  });

  it('gives unrelated streams for near seeds, fractions and negative numbers', () => {
    const first = [0, 1, 2, -1, 0.5, 2 ** 32, 2 ** 32 + 1, 1e15].map((seed) => createRng(seed)());
    expect(new Set(first).size).toBe(first.length);
  });

  it('is uniform over sixteen cells, within sampling error', () => {
    const counts = new Array<number>(16).fill(0);
    for (const value of draw(createRng(3), 160_000)) counts[Math.floor(value * 16)]! += 1;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(37.7);
  });
});
