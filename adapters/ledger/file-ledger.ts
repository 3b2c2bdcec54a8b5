import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLine, readLines } from '../files/append-line.ts';
import { isModelName } from '../files/names.ts';
import type { Ledger, LedgerEntry } from '../ports/ledger.ts';

export interface LedgerOptions {
  readonly directory: string;
}

/** A ledger of one file per model, a JSON line per entry. The first entry of an id counts. */
export async function openLedger({ directory }: LedgerOptions): Promise<Ledger> {
  await mkdir(directory, { recursive: true });
  const fileOf = (model: string): string => {
    if (!isModelName(model)) throw new Error(`"${model}" is no model name: lower-case letters, digits and "-" only`);
    return join(directory, `${model}.ndjson`);
  };
  return {
    async append(model, entry) {
      const path = fileOf(model);
      const known = await readEntries(path);
      if (!known.some(({ id }) => id === entry.id)) await appendLine(path, JSON.stringify(entry));
    },
    read: (model) => readEntries(fileOf(model)),
  };
}

async function readEntries(path: string): Promise<readonly LedgerEntry[]> {
  const entries = new Map<string, LedgerEntry>();
  for (const entry of await readLines<LedgerEntry>(path)) if (!entries.has(entry.id)) entries.set(entry.id, entry);
  return [...entries.values()];
}
