import { readdir, readFile } from 'node:fs/promises';

/** Of Linux on all machines that Node.js runs on. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** What a group of processes has taken so far. */
export interface Usage {
  /** Of all its processes and threads, the kernel's work for them included. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Out of /proc, so that nothing is asked of the processes themselves. */
export async function usageOf(group: number): Promise<Usage> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)));
  let [ticks, pages] = [0, 0];
  for (const stat of stats) {
    // The name in brackets may have spaces.
    const fields = stat?.slice(stat.lastIndexOf(') ') + 2).split(' ') ?? [];
    if (Number(fields[2]) !== group) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    pages += Number(fields[21]);
  }
  return { cpuSeconds: ticks / ticksPerSecond, residentBytes: pages * pageBytes };
}
