import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { createRng } from '../../domain/math/rng.ts';
import type { DrawnRow, MadeStream } from './draw.ts';
import { slowChanges } from './slow-changes.ts';
import { steadyStreams } from './steady.ts';
import { turningPoints } from './turning-points.ts';

const streams: readonly MadeStream[] = [...turningPoints, ...slowChanges, ...steadyStreams];

/** `npm run streams -- DIR [SEED]`: writes every stream as a CSV file, the same for the same seed. */
function main(directory: string | undefined, seed: string | undefined): void {
  if (directory === undefined)
    throw new Error('say where the streams should be written: npm run streams -- DIR [SEED]');
  mkdirSync(directory, { recursive: true });
  for (const [index, stream] of streams.entries()) {
    const path = join(directory, `${stream.name}.csv`);
    writeFileSync(path, toCsv(draw(stream, 1_000 * Number(seed ?? 1) + index)));
    stdout.write(`${path}: ${stream.kind}; ${stream.about}\n`);
  }
}

function draw({ rows, open }: MadeStream, seed: number): readonly DrawnRow[] {
  const next = open(createRng(seed));
  return Array.from({ length: rows }, (_, row) => next(row));
}

function toCsv(rows: readonly DrawnRow[]): string {
  const names = Object.keys(rows[0]!);
  const lines = rows.map((row) => names.map((name) => row[name] ?? '').join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

main(argv[2], argv[3]);
