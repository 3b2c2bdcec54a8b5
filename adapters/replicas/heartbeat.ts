import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What a living replica of the prediction service says of itself, rewritten every second. */
const heartbeatSchema = z.object({
  replicaId: z.string().min(1),
  url: z.url(),
  /** Host name: a process id means something on its own host only. */
  host: z.string(),
  pid: z.number().int().positive(),
  atMs: z.number(),
  /** PEM of the certificate that it shows, where it speaks TLS: who may write here is believed. */
  certificate: z.string().optional(),
});

export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** Null for a file that is gone or is no heartbeat: whoever wrote it is not a replica of ours. */
export async function readHeartbeat(path: string): Promise<Heartbeat | null> {
  try {
    return heartbeatSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** A replica that has not beaten for this long is gone. */
export const staleAfterMsByDefault = 5_000;

/** False for a process id that no process of this machine has. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
