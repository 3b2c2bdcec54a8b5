import { describe, expect, it } from 'vitest';
import type { HistoricalRows } from '../../../adapters/data/read-labelled-rows.ts';
import { playStrategy } from '../../../backtest/play.ts';
import { planStrategy } from '../../../backtest/strategies.ts';
import { planStream } from '../../../backtest/stream.ts';
import { defaultPolicy, defaultTraining } from '../../../config/defaults.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { projectOf } from '../../../simulations/play-stream.ts';
import { temporaryFolder } from '../../support/folders.ts';

const rows = 5_000;
const firstRows = 2_000;
const blockRows = 250;

/** Whose base rate jumps after the first champion was trained. */
function drawHistory(): HistoricalRows {
  const rng = createRng(4);
  const values = Float64Array.from({ length: rows }, () => 4 * rng() - 2);
  const odds = (row: number): number => values[row]! + (row < firstRows + 500 ? -1 : 1);
  const labels = Float64Array.from(values, (_, row) => Number(rng() < 1 / (1 + Math.exp(-odds(row)))));
  const keys = Array.from({ length: rows }, (_, row) => `history:${String(row).padStart(10, '0')}`);
  const table = { rowCount: rows, columns: { a: { kind: 'numeric' as const, values } } };
  const schema = { features: [{ name: 'a', type: 'numeric' as const }], label: 'label', classes: ['0', '1'] };
  return { schema, rows: { table, labels, keys }, eventMs: null, labelMs: null };
}

async function play(follow: boolean) {
  const training = { networks: defaultTraining.networks.slice(0, 1), windows: ['all'] } as const;
  const project = projectOf('jump', training, {
    ...defaultPolicy,
    // The first champion is all there is.
    retrain: { ...defaultPolicy.retrain, cooldown: { labels: rows } },
    challenger: { ...defaultPolicy.challenger, follow },
  });
  const stream = planStream(drawHistory(), { block: { rows: blockRows }, firstRows });
  const strategy = planStrategy('policy', project.policy, blockRows);
  return await playStrategy(project, stream, strategy, await temporaryFolder(), () => undefined);
}

describe('a champion that follows its labels', () => {
  it('does so in a backtest without a training, in versions of its own, and loses less for it', async () => {
    const [followed, standing] = [await play(true), await play(false)];
    expect(followed.followed).toBeGreaterThan(2);
    expect(standing.followed).toBe(0);
    for (const report of [followed, standing]) {
      expect(report).toMatchObject({ retrainings: 0, promotions: 0, rollbacks: 0 });
    }
    expect(new Set(followed.blocks.map(({ version }) => version)).size).toBe(followed.followed + 1);
    expect(followed.quality['log loss']!).toBeLessThan(standing.quality['log loss']! - 0.05);
    // A block is answered before any of its labels is known: until the jump has been seen both answer alike.
    expect(followed.blocks[0]).toEqual(standing.blocks[0]);
    const kinds = followed.events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'follow')).toHaveLength(followed.followed);
  }, 120_000);
});
