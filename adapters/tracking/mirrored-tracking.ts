import type { RunKey, Tracking } from '../ports/tracking.ts';
import { createShipper, type ShipperOptions } from './shipper.ts';

/** A tracking whose second copy may lag behind. */
export interface MirroredTracking extends Tracking {
  /** Resolves when all that was told has arrived, or after this long; what has not is sent when a process opens the journal again. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * What is told is written to the journal, which is on this machine's disk, before it counts as told; a shipper then brings it to the mirror
 * in order, however often the mirror goes away. So a retraining never waits for the mirror, and the mirror misses nothing.
 */
export function openMirroredTracking(options: ShipperOptions): MirroredTracking {
  const { journal } = options;
  const shipper = createShipper(options);
  const thenShip =
    <A extends unknown[]>(tell: (run: RunKey, ...args: A) => Promise<void>) =>
    async (run: RunKey, ...args: A): Promise<void> => {
      await tell(run, ...args);
      shipper.ship(run);
    };
  return {
    async begin(start) {
      await journal.begin(start);
      shipper.ship(start.run);
    },
    logParams: thenShip(journal.logParams),
    logMetrics: thenShip(journal.logMetrics),
    logInputs: thenShip(journal.logInputs),
    logArtifact: thenShip(journal.logArtifact),
    setTags: thenShip(journal.setTags),
    end: thenShip(journal.end),
    async read(run) {
      const told = await journal.read(run);
      return told === null ? null : { ...told, url: await shipper.urlOf(run) };
    },
    readArtifact: journal.readArtifact,
    close: (timeoutMs) => shipper.close(timeoutMs),
  };
}
