import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../client/cli/backtest-progress.ts';

const blocks = (done: number) => ({ unit: 'blocks', done, total: 8 }) as const;

describe('the progress of a backtest', () => {
  it('shows every policy with its percentage and the time that is left at its pace', () => {
    const progress = createProgress(['never', 'policy']);
    expect(progress.line(0, 80)).toBe('never waits  policy waits');
    progress.update('policy', blocks(1), 5_000);
    expect(progress.line(5_000, 80)).toBe('never waits  policy 12%');
    progress.update('policy', blocks(3), 25_000);
    expect(progress.line(25_000, 80)).toBe('never waits  policy 37% (50 s left)');
    progress.update('policy', blocks(4), 3_605_000);
    expect(progress.line(3_605_000, 80)).toBe('never waits  policy 50% (80 min left)');
    expect(progress.line(3_605_000, 20)).toBe('never waits  policy…');
  });

  it('says a plain line at every quarter, and starts anew when models are scored', () => {
    const progress = createProgress(['policy']);
    const said = Array.from({ length: 8 }, (_, index) => progress.update('policy', blocks(index + 1), index * 1_000));
    expect(said).toEqual([
      null,
      'policy: 2 of 8 blocks replayed, about 6 s left',
      null,
      'policy: 4 of 8 blocks replayed, about 4 s left',
      null,
      'policy: 6 of 8 blocks replayed, about 2 s left',
      null,
      'policy: 8 blocks replayed',
    ]);
    expect(progress.update('policy', { unit: 'models', done: 1, total: 1 }, 9_000)).toBe('policy: 1 models scored');
  });
});
