import { randomInt } from 'node:crypto';

const maxPerMs = 1_000_000;

/**
 * Makes ids that sort in the order of prediction: `<ms, 13 digits>-<replica>-<start, 4 characters><counter, 6 digits>`. The
 * time never goes back, also when the clock does; the start's random characters keep ids apart when a replica restarts with
 * its clock set back.
 *
 * @param now milliseconds since the epoch
 */
export function createIdMaker(
  replicaId: string,
  now: () => number = Date.now,
  start: number = randomInt(36 ** 4),
): () => string {
  const startText = start.toString(36).padStart(4, '0');
  let lastMs = 0;
  let counter = 0;
  return () => {
    const ms = Math.max(now(), lastMs);
    counter = ms === lastMs ? counter + 1 : 0;
    lastMs = ms;
    if (counter === maxPerMs) {
      lastMs += 1;
      counter = 0;
    }
    return `${String(lastMs).padStart(13, '0')}-${replicaId}-${startText}${String(counter).padStart(6, '0')}`;
  };
}
