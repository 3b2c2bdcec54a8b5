import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boundObservations, mostObservations, type MonitorObservation } from '../../domain/dashboard/observation.ts';
import type { Standing } from '../../domain/lifecycle/standing.ts';
import { writeDurably } from '../files/durable.ts';
import { isModelName } from '../files/names.ts';
import { observationsFile, standingFile } from './file-names.ts';
import type { Reports } from '../ports/reports.ts';

type Board = Pick<Reports, 'noteObservation' | 'readObservations' | 'noteStanding' | 'readStanding'>;

/** What a model's page shows over time, beside its reports: `observations.ndjson` and `standing.json`. */
export function openBoard(directory: string): Board {
  const fileOf = (model: string, name: string): string => {
    if (isModelName(model)) return join(directory, model, name);
    throw new Error(`"${model}" is no model name: lower-case letters, digits and "-" only`);
  };
  const observationsOf = (model: string): string => fileOf(model, observationsFile);
  const standingOf = (model: string): string => fileOf(model, standingFile);
  const readObservations = async (model: string): Promise<readonly MonitorObservation[]> =>
    (await readText(observationsOf(model))).split('\n').flatMap(parseLine<MonitorObservation>);
  const readStanding = async (model: string): Promise<Standing | null> =>
    parseLine<Standing>(await readText(standingOf(model)))[0] ?? null;
  return {
    readObservations,
    readStanding,
    /** A look that is repeated has the same number of rows, and is noted once. */
    async noteObservation(model, observation) {
      const known = await readObservations(model);
      const last = known.at(-1);
      if (last !== undefined && last.rows === observation.rows && last.labels === observation.labels) return;
      const all = [...known, observation];
      const path = observationsOf(model);
      await mkdir(join(directory, model), { recursive: true });
      if (all.length <= mostObservations) return await appendFile(path, `\n${JSON.stringify(observation)}\n`);
      await writeDurably(
        path,
        boundObservations(all)
          .map((one) => `${JSON.stringify(one)}\n`)
          .join(''),
      );
    },
    async noteStanding(model, standing) {
      const known = await readStanding(model);
      // Two entries may be written at a time, and one of them again after a crash.
      if (known !== null && known.atMs > standing.atMs) return;
      await writeDurably(standingOf(model), JSON.stringify(standing));
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Nothing for a line that a crash cut off. */
function parseLine<T>(line: string): T[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
