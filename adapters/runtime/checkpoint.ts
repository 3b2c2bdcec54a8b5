import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { RngState } from '../../domain/math/rng.ts';
import type { TrainingJob } from '../ports/model-runtime.ts';
import { temporaryName } from '../files/durable.ts';
import type { OptimizerState } from './optimizer.ts';

export interface EpochLosses {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
}

/** All that training goes on from, bit for bit. */
export interface TrainingState {
  readonly weights: readonly Float32Array[];
  readonly optimizer: OptimizerState;
  /** Of the generator that shuffles. */
  readonly shuffling: RngState;
  /** Of the generator behind Math.random, which unseeded layers (dropout) draw from. */
  readonly unseeded: RngState;
  readonly losses: readonly EpochLosses[];
  readonly bestWeights: readonly Float32Array[];
  readonly bestLoss: number;
  readonly epochsSinceBest: number;
  readonly seconds: number;
}

/** Equal for jobs that train the same network on the same rows, wherever they keep their files. */
export function fingerprintOf({ task, snapshot, candidate, train, validation, seed }: TrainingJob): string {
  return createHash('sha256')
    .update(JSON.stringify({ task, snapshot: snapshot.id, candidate, train, validation, seed }))
    .digest('hex');
}

const digestBytes = 32;

/**
 * Replaces the job's checkpoint as a whole. It is not synced, which would take longer than many an epoch: what a power cut tears is known by its
 * SHA-256, which stands in front of it.
 */
export async function writeCheckpoint(path: string, fingerprint: string, state: TrainingState): Promise<void> {
  const content = serialize({ fingerprint, state });
  const temporary = temporaryName(path);
  await writeFile(temporary, Buffer.concat([digestOf(content), content]));
  await rename(temporary, path);
}

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/**
 * The state to go on from, or null. A checkpoint that is gone, torn or of another job costs the epochs that it saved, never the
 * training: the result is the same from the start.
 */
export async function readCheckpoint(path: string | null, fingerprint: string): Promise<TrainingState | null> {
  if (path === null) return null;
  try {
    const file = await readFile(path);
    const content = file.subarray(digestBytes);
    if (!digestOf(content).equals(file.subarray(0, digestBytes))) return null;
    const stored = deserialize(content) as { fingerprint: string; state: TrainingState };
    return stored.fingerprint === fingerprint ? stored.state : null;
  } catch {
    return null;
  }
}
