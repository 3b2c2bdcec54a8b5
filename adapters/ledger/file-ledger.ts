import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** One write per line, so that lines of two processes don't mix; begins on a new line where a crash left a torn one. */
async function appendLine(path: string, line: string): Promise<void> {
  const handle = await open(path, 'a+');
  try {
    const { size } = await handle.stat();
    const isTorn = size > 0 && (await lastByte(handle, size)) !== 10;
    await handle.write(`${isTorn ? '\n' : ''}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function lastByte(handle: Awaited<ReturnType<typeof open>>, size: number): Promise<number | undefined> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}

async function readEntries(path: string): Promise<readonly LedgerEntry[]> {
  const entries = new Map<string, LedgerEntry>();
  for (const line of (await readText(path)).split('\n')) {
    const entry = parseLine(line);
    if (entry !== null && !entries.has(entry.id)) entries.set(entry.id, entry);
  }
  return [...entries.values()];
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Null for a line that a crash cut off: its append was never acknowledged. */
function parseLine(line: string): LedgerEntry | null {
  try {
    return line === '' ? null : (JSON.parse(line) as LedgerEntry);
  } catch {
    return null;
  }
}
