import { describe, expect, it } from 'vitest';
import { planStream } from '../../../backtest/stream.ts';

/** Only the number of rows matters. */
const history = (rowCount: number) => ({
  schema: { features: [], label: 'y', classes: ['0', '1'] },
  rows: { table: { rowCount, columns: {} }, labels: new Float64Array(rowCount), keys: [] },
  eventMs: null,
  labelMs: null,
});

describe('the blocks of a history', () => {
  it.each([
    [50_000, 500],
    [12_000, 500],
    [3_000, 100],
    [1_250, 50],
    [400, 50],
  ])(
    'of %i rows have %i rows where nobody says how many, so that a policy looks often enough',
    (rowCount, blockRows) => {
      const { blocks } = planStream(history(rowCount), {});
      const [first] = blocks;
      expect(first!.to - first!.from).toBe(blockRows);
      expect(blocks.at(-1)!.to).toBe(rowCount);
    },
  );

  it('are as long as was said', () => {
    const { blocks } = planStream(history(3_000), { block: { rows: 336 }, firstRows: 2_000 });
    expect(blocks).toEqual([
      { from: 2_000, to: 2_336 },
      { from: 2_336, to: 2_672 },
      { from: 2_672, to: 3_000 },
    ]);
  });
});
