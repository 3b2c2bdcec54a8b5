import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { formatFigure } from './report.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly duckdb: string;
  /** Processes that wanted a core in the minute before. */
  readonly load: number;
}

/** What the figures were measured on. */
export function describeMachine(): Machine {
  const manifest = readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8');
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: totalmem() / 1e9,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    duckdb: dependencies['@duckdb/node-api'] ?? '',
    load: loadavg()[0] ?? 0,
  };
}

export function renderMachine(machine: Machine, peers: readonly string[]): string {
  const { processor, cores, memoryGb, system, node, duckdb, load } = machine;
  return [
    `${processor}, ${cores} cores, ${formatFigure(memoryGb)} GB, ${system}; load ${formatFigure(load)} at the start.`,
    `Node.js ${node}, DuckDB ${duckdb}${peers.map((peer) => `, ${peer}`).join('')}.`,
    '',
  ].join('\n');
}
