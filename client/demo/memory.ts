import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sampleEveryMs = 2_000;

/** Watches the memory of this process and all it started. */
export interface MemoryWatch {
  /** Largest sum of resident memory seen, in MB; pages that processes share count once for each. Null where `ps` is missing. */
  peakMb(): number | null;
  stop(): void;
}

export function watchMemory(): MemoryWatch {
  let peakKb = 0;
  const timer = setInterval(() => {
    void sumResidentKb(process.pid).then((kb) => (peakKb = Math.max(peakKb, kb)));
  }, sampleEveryMs);
  timer.unref();
  return { peakMb: () => (peakKb === 0 ? null : Math.round(peakKb / 1024)), stop: () => clearInterval(timer) };
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly kb: number;
}

async function sumResidentKb(root: number): Promise<number> {
  const listed = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=']).catch(() => null);
  if (listed === null) return 0;
  const rows = listed.stdout
    .trim()
    .split('\n')
    .map((line): Row => {
      const [pid = 0, parent = 0, kb = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, kb };
    });
  return sumTree(rows, root);
}

function sumTree(rows: readonly Row[], root: number): number {
  const own = rows.find(({ pid }) => pid === root)?.kb ?? 0;
  const children = rows.filter(({ parent }) => parent === root);
  return children.reduce((sum, { pid }) => sum + sumTree(rows, pid), own);
}
