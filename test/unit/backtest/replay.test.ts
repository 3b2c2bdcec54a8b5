import { describe, expect, it } from 'vitest';
import type { HistoricalRows } from '../../../adapters/data/read-labelled-rows.ts';
import { createReplayStore } from '../../../backtest/replay-store.ts';
import { planStrategy } from '../../../backtest/strategies.ts';
import { planStream, type StreamOptions } from '../../../backtest/stream.ts';
import { defaultPolicy } from '../../../config/defaults.ts';

const dayMs = 86_400_000;
const schema = { features: [{ name: 'x', type: 'numeric' }], label: 'y', classes: ['no', 'yes'] } as const;

/** Ten rows a day; each label is known a day and a half after its row. */
function history(rowCount: number, times: boolean): HistoricalRows {
  const at = (row: number): number => (row * dayMs) / 10;
  const numbers = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rowCount }, (_, row) => of(row));
  return {
    schema,
    rows: {
      table: { rowCount, columns: { x: { kind: 'numeric', values: numbers((row) => row) } } },
      labels: numbers((row) => row % 2),
      keys: Array.from({ length: rowCount }, (_, row) => `history:${row}`),
    },
    eventMs: times ? numbers(at) : null,
    labelMs: times ? numbers((row) => at(row) + 1.5 * dayMs) : null,
  };
}

const plan = (rows: HistoricalRows, options: StreamOptions) => planStream(rows, options);
const answers = (rows: number) => ({
  version: '1',
  outputs: { width: 1, values: Array<number>(rows).fill(0.5) },
  shadow: null,
});

describe('the blocks of a replay', () => {
  it('are of rows, the last one shorter, after what the first champion learns from', () => {
    const { firstRows, blocks } = plan(history(1_050, false), { block: { rows: 20 }, firstRows: 1_000 });
    expect(firstRows).toBe(1_000);
    expect(blocks).toEqual([
      { from: 1_000, to: 1_020 },
      { from: 1_020, to: 1_040 },
      { from: 1_040, to: 1_050 },
    ]);
  });

  it('are of days where the project has a time', () => {
    const { blocks } = plan(history(1_050, true), { block: { days: 2 }, firstRows: 1_000 });
    expect(blocks.map(({ to }) => to)).toEqual([1_020, 1_040, 1_050]);
  });

  it.each([
    [false, { block: { days: 7 } }, /need a time column/],
    [true, { block: { rows: 5 }, firstRows: 1_050 }, /needs rows after the first 1050/],
  ] as const)('are refused in words where there are none (%#)', (times, options, message) => {
    expect(() => plan(history(1_050, times), options)).toThrow(message);
  });
});

describe('the store of a replay', () => {
  it('shows only what was served, and no label before its time', async () => {
    const stream = plan(history(1_050, true), { block: { rows: 20 }, firstRows: 1_000 });
    const store = createReplayStore(stream, 1);
    store.serve({ from: 1_000, to: 1_020 }, answers(20));
    const query = { model: 'm', schema };
    const { ids, labels } = await store.readOutcomes(query);
    expect(ids).toHaveLength(20);
    // The newest row is of 101.9 days: labels of rows until 100.4 days are known.
    expect(Array.from(labels).filter((label) => !Number.isNaN(label))).toEqual([0, 1, 0, 1, 0]);
    expect(await store.clock('m')).toEqual({ rows: 20, labels: 5, eventMs: 101.9 * dayMs });
    expect((await store.readLabelled(query)).keys).toEqual(ids.slice(0, 5));
    expect((await store.readInputs({ ...query, newestRows: 3 })).rowCount).toBe(3);
  });

  it('holds labels back by rows where the data do not say when they came', async () => {
    const stream = plan(history(1_050, false), { block: { rows: 20 }, firstRows: 1_000, labelDelayRows: 15 });
    const store = createReplayStore(stream, 1);
    store.serve({ from: 1_000, to: 1_020 }, answers(20));
    expect((await store.clock('m')).labels).toBe(5);
    store.serve({ from: 1_020, to: 1_040 }, answers(20));
    expect((await store.clock('m')).labels).toBe(25);
    const [after] = (await store.readOutcomes({ model: 'm', schema })).ids.slice(19);
    expect((await store.readOutcomes({ model: 'm', schema, afterId: after! })).ids).toHaveLength(20);
  });
});

describe('a strategy', () => {
  it('is the policy itself, or a part of it', () => {
    expect(planStrategy('policy', defaultPolicy, 100)).toMatchObject({ monitors: true, isGated: true });
    expect(planStrategy('never', defaultPolicy, 100).monitors).toBe(false);
    expect(planStrategy('every:3', defaultPolicy, 100).policy.retrain.every).toEqual({ rows: 300 });
  });

  it.each(['sometimes', 'every:0', 'every:', ''])('is refused in words where it is none: %j', (name) => {
    expect(() => planStrategy(name, defaultPolicy, 100)).toThrow(/choose among never, every:K/);
  });
});
