import { createHash } from 'node:crypto';

/** 2^48: so many different numbers fit into six bytes. */
const range = 2 ** 48;

/**
 * Two numbers, as good as drawn uniformly from [0, 1) and independently, that are the same for a name each time, in every replica: who was
 * in a control slice stays in it.
 */
export function drawFor(model: string, name: string): readonly [number, number] {
  const digest = createHash('sha256').update(`control/${model}/${name}`).digest();
  return [digest.readUIntBE(0, 6) / range, digest.readUIntBE(6, 6) / range];
}
