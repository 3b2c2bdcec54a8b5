import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '../../domain/math/rng.ts';

export interface PriceRow {
  readonly price: number;
  readonly load: number;
  readonly region: string;
}

/** Rows whose label follows from price and load, but for one in ten. */
export function makePriceRows(rows: number, seed: number): { rows: PriceRow[]; labels: string[] } {
  const random = createRng(seed);
  const made = Array.from({ length: rows }, () => {
    const row = { price: random() * 10, load: random() * 100, region: random() < 0.5 ? 'north' : 'south' };
    const isUp = row.price * 10 + row.load > 100;
    return { row, label: isUp === random() > 0.1 ? 'up' : 'down' };
  });
  return { rows: made.map(({ row }) => row), labels: made.map(({ label }) => label) };
}

export function toPriceCsv({ rows, labels }: ReturnType<typeof makePriceRows>): string {
  const lines = rows.map(({ price, load, region }, index) => `${price},${load},${region},${labels[index]}`);
  return ['price,load,region,move', ...lines].join('\n');
}

/** A small model project that trains in a second. */
export async function writePriceProject(directory: string, policy: object = {}): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'prices.csv'), toPriceCsv(makePriceRows(1_500, 1)));
  const config = {
    name: 'prices',
    data: { path: 'prices.csv', label: 'move' },
    training: {
      networks: [
        { name: 'linear', learningRate: 0.05 },
        { name: 'mlp', hiddenUnits: [8], learningRate: 0.02 },
      ],
      windows: ['all'],
      maxEpochs: 4,
    },
    policy: { retrain: { debounceMs: 50 }, ...policy },
  };
  await writeFile(join(directory, 'incumbent.config.json'), JSON.stringify(config, null, 2));
}
