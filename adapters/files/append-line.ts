import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Appends a line that is durable when this returns: one write, so that lines of two processes don't mix; begins on a new line where a crash left a torn one. */
export async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
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

/** The JSON values of a file's lines; none where it is not there. A line that a crash cut off was never acknowledged and is left out. */
export async function readLines<T>(path: string): Promise<readonly T[]> {
  return (await readText(path)).split('\n').flatMap(parseLine) as T[];
}

async function lastByte(handle: Awaited<ReturnType<typeof open>>, size: number): Promise<number | undefined> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseLine(line: string): readonly unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}
