import { describe, expect, it } from 'vitest';
import { selectCandidate } from '../../../domain/gate/select-candidate.ts';

const losses = (wrong: number, rows = 400, from = 0) =>
  Array.from({ length: rows }, (_, i) => (i >= from && i < from + wrong ? 1 : 0));
const candidate = (id: string, wrong: number, parameters: number, from = 0) => ({
  id,
  validationLoss: wrong / 400,
  losses: losses(wrong, 400, from),
  parameters,
});

describe('the choice among candidates', () => {
  it('takes the best on validation where it is clearly better', () => {
    const choice = selectCandidate([
      candidate('linear', 120, 10),
      candidate('small', 60, 100),
      candidate('large', 90, 1000),
    ]);
    expect(choice).toMatchObject({ id: 'small', tied: ['small'] });
  });

  it('takes the cheapest of those that validation can’t tell from the best', () => {
    const choice = selectCandidate([
      candidate('linear', 62, 10, 100),
      candidate('small', 61, 100, 50),
      candidate('large', 60, 1000),
    ]);
    expect(choice).toMatchObject({ id: 'linear', tied: ['large', 'small', 'linear'] });
    expect(choice!.reason).toContain('within one standard error of large');
  });

  it('takes the best where there are no losses by row', () => {
    expect(
      selectCandidate([
        { id: 'a', validationLoss: 0.2001, parameters: 1 },
        { id: 'b', validationLoss: 0.2, parameters: 9 },
      ])!.id,
    ).toBe('b');
    expect(
      selectCandidate([
        { id: 'a', validationLoss: 0.2, parameters: 9 },
        { id: 'b', validationLoss: 0.2, parameters: 1 },
      ])!.id,
    ).toBe('b');
  });

  it('does not depend on the order of the candidates', () => {
    const candidates = [
      candidate('linear', 62, 10, 100),
      candidate('small', 61, 100, 50),
      candidate('large', 60, 1000),
    ];
    expect(selectCandidate(candidates.toReversed())!.id).toBe(selectCandidate(candidates)!.id);
  });

  it('passes over a candidate whose training diverged, and chooses none of none', () => {
    expect(
      selectCandidate([{ id: 'diverged', validationLoss: NaN, parameters: 1 }, candidate('small', 60, 100)])!.id,
    ).toBe('small');
    expect(selectCandidate([{ id: 'diverged', validationLoss: NaN, parameters: 1 }])).toBeNull();
    expect(selectCandidate([])).toBeNull();
  });
});
