import { describe, expect, it } from 'vitest';
import { beginLadder, climb, ladderStep } from '../../../domain/gate/ladder.ts';
import { run } from '../../../simulations/ladder.ts';

/** The first rows wrong, the others right. */
const losses = (wrong: number, rows = 1_000) => Float64Array.from({ length: rows }, (_, row) => (row < wrong ? 1 : 0));
const fresh = beginLadder('set', 1_000);

describe('climb', () => {
  it('tells the first loss in whole steps', () => {
    const { state, answer } = climb(fresh, losses(212), null);
    expect(answer).toBe('improved');
    expect(state.told).toBeCloseTo(7 * ladderStep(1_000), 12);
    expect(state.uses).toBe(1);
  });

  it('tells the same again until a loss is smaller by a step', () => {
    const first = climb(fresh, losses(212), null).state;
    expect(climb(first, losses(200), null)).toMatchObject({
      answer: 'unchanged',
      state: { told: first.told, uses: 2 },
    });
    const better = climb(first, losses(150), null);
    expect(better.answer).toBe('improved');
    expect(better.state.told).toBeCloseTo(5 * ladderStep(1_000), 12);
  });

  it('tells a fall that is large and certain, and no other', () => {
    const champion = losses(200);
    expect(climb(fresh, losses(300), champion).answer).toBe('fell');
    expect(climb({ ...fresh, told: 0.2 }, losses(220), champion).answer).toBe('unchanged');
    expect(climb({ ...fresh, told: 0.2 }, losses(200), champion).answer).toBe('unchanged');
  });

  it('keeps the smallest loss told when a model falls', () => {
    const first = climb(fresh, losses(212), null).state;
    expect(climb(first, losses(400), losses(212)).state.told).toBe(first.told);
  });
});

describe('an attack on a golden set', () => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
