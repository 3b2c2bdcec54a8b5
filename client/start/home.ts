import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const runningSchema = z.object({
  pid: z.number().int(),
  model: z.string(),
  temporalAddress: z.string(),
  uiUrl: z.string(),
  serviceUrl: z.string(),
  /** Where one was started. */
  mlflowUrl: z.string().nullable().default(null),
});

/** What a running `incumbent start` says of itself, for the other commands. */
export type Running = z.infer<typeof runningSchema>;

const fileOf = (home: string): string => join(home, 'incumbent.json');

/** What runs on this home, or null. A file that a killed process left behind counts as nothing. */
export async function findRunning(home: string): Promise<Running | null> {
  const text = await readFile(fileOf(home), 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = runningSchema.safeParse(parseOrNull(text));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : null;
}

/** Throws where another `incumbent start` uses the home. */
export async function claimHome(home: string): Promise<void> {
  const running = await findRunning(home);
  if (running !== null && running.pid !== process.pid) {
    throw new Error(
      `${home} is in use by process ${running.pid} (${running.uiUrl}): stop it, or choose another --home`,
    );
  }
  await mkdir(join(home, 'logs'), { recursive: true });
  await mkdir(join(home, 'projects'), { recursive: true });
}

export async function announceRunning(home: string, running: Running): Promise<void> {
  await writeFile(fileOf(home), JSON.stringify(running, null, 2));
}

export async function forgetRunning(home: string): Promise<void> {
  await rm(fileOf(home), { force: true });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
