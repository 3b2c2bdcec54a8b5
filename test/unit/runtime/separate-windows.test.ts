import { describe, expect, it } from 'vitest';
import { separateWindows } from '../../../adapters/runtime/separate-windows.ts';
import { judgeSeparation } from '../../../domain/drift/classifier-two-sample.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';
import { generateRows } from './generated-rows.ts';
import { jobFor, runtime } from './jobs.ts';

const schema: DataSchema = {
  features: [
    { name: 'a', type: 'numeric' },
    { name: 'b', type: 'numeric' },
    { name: 'kind', type: 'categorical' },
  ],
  label: 'y',
  classes: [],
};

/** Two normal columns with a correlation between them that neither shows alone. */
function table(rows: number, correlation: number, seed: number): Table {
  const rng = createRng(seed);
  const draw = () => normalQuantile((Math.floor(rng() * 2 ** 20) + 0.5) / 2 ** 20);
  const a = Float64Array.from({ length: rows }, draw);
  const b = a.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * draw());
  const kind = Array.from({ length: rows }, () => (rng() < 0.5 ? 'x' : 'y'));
  return {
    rowCount: rows,
    columns: {
      a: { kind: 'numeric', values: a },
      b: { kind: 'numeric', values: b },
      kind: { kind: 'categorical', values: kind },
    },
  };
}

describe('separateWindows', () => {
  it('tells windows apart whose features only hang together otherwise', async () => {
    const windows = { schema, reference: table(1_500, 0.7, 1), current: table(1_500, -0.7, 2) };
    const separation = await separateWindows(windows, 1);
    expect(separation).toMatchObject({ referenceRows: 750, currentRows: 750 });
    expect(separation.auc).toBeGreaterThan(0.8);
    expect(judgeSeparation(separation).outcome).toBe('fail');
    expect(await separateWindows(windows, 1)).toEqual(separation);
  });

  it("doesn't where nothing has changed", async () => {
    const windows = { schema, reference: table(1_500, 0.7, 3), current: table(800, 0.7, 4) };
    expect(judgeSeparation(await separateWindows(windows, 1)).outcome).toBe('pass');
  });

  it('is inconclusive where the windows share no feature, or hardly have rows', async () => {
    const bare = { rowCount: 500, columns: {} };
    const without = await separateWindows({ schema, reference: table(500, 0, 5), current: bare }, 1);
    expect(without).toEqual({ auc: null, referenceRows: 250, currentRows: 250 });
    const short = await separateWindows({ schema, reference: table(10, 0, 6), current: table(10, 0, 7) }, 1);
    expect(judgeSeparation(short).outcome).toBe('inconclusive');
    const empty = await separateWindows({ schema, reference: table(0, 0, 6), current: table(0, 0, 7) }, 1);
    expect(empty.auc).toBeNull();
  });
});

it('separates rows of a snapshot from others in a process of its own', async () => {
  const { snapshot, train } = await jobFor('sectors');
  const { table: current } = generateRows('sectors', 1_000);
  const { signal } = new AbortController();
  const separation = await runtime.separate({ snapshot, range: train, current, seed: 1 }, signal);
  expect(separation).toMatchObject({ referenceRows: 500, currentRows: 500 });
  expect(judgeSeparation(separation).outcome).toBe('pass');
});
