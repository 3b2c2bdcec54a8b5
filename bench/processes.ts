import { fileURLToPath } from 'node:url';
import type { Took } from './clock.ts';
import { peerFile, preparePeers, type PeerGroup } from './peers.ts';
import { run } from './run.ts';

/** What a measuring process says of itself, and how long all of it took, start and imports included. */
export interface Measurement {
  readonly seconds: number;
  /** Of all cores; it suffers less from what else the machine does. */
  readonly cpuSeconds: number;
  readonly processSeconds: number;
  readonly peakBytes: number;
  /** Columns that were found to have drifted. */
  readonly drifted?: readonly string[];
  /** Of several processes at once: a page that they share counts once. */
  readonly proportionalBytes?: number;
  /** Of the same job before. */
  readonly coldSeconds?: number;
  /** Of the same work by the peer, in turn with ours in the same process. */
  readonly peer?: Pick<Took, 'seconds'> & Partial<Took>;
  /** Of the last epoch. */
  readonly loss?: number;
  /** Indices of the values at which a change was found. */
  readonly detections?: readonly number[];
}

const ownSide = fileURLToPath(new URL('measure.ts', import.meta.url));

/** One measurement of our own, in a fresh process. */
export function measureOwn(task: string, ...args: readonly string[]): Promise<Measurement> {
  return measure(process.execPath, ['--import', 'tsx', ownSide, task, ...args]);
}

/** One measurement of a peer, in a fresh process of its Python. */
export async function measurePeer(group: PeerGroup, peer: string, ...args: readonly string[]): Promise<Measurement> {
  return measure(await preparePeers(group), [peerFile(group, 'measure.py'), peer, ...args]);
}

/** The last line of the output is the measurement. */
async function measure(executable: string, args: readonly string[]): Promise<Measurement> {
  const startedAtMs = performance.now();
  const output = await run(executable, args);
  const processSeconds = (performance.now() - startedAtMs) / 1_000;
  const line = output.trim().split('\n').at(-1) ?? '';
  return { ...(JSON.parse(line) as Omit<Measurement, 'processSeconds'>), processSeconds };
}
