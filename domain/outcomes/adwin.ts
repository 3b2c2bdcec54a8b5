import { addValue, clearWindow, closeWindow, emptyWindow, findCut, openWindow } from './adaptive-window.ts';
import type { AdaptiveWindow, Cut } from './adaptive-window.ts';

export interface AdwinOptions {
  /** Level of each comparison; smaller is surer and slower. */
  readonly delta: number;
  /** Values between two looks. */
  readonly clock: number;
  /** Buckets of one size; more is sharper and costs more. */
  readonly maxBuckets: number;
  /** Least number of values on either side of a cut. */
  readonly minWindowLength: number;
  /** No look before the window holds more values than this. */
  readonly gracePeriod: number;
}

/** River's defaults. */
export const defaultAdwinOptions: AdwinOptions = {
  delta: 0.002,
  clock: 32,
  maxBuckets: 5,
  minWindowLength: 5,
  gracePeriod: 10,
};

/** Plain JSON; grows with the logarithm of the values seen. */
export interface AdwinState {
  readonly options: AdwinOptions;
  /** Values since the last detection. */
  readonly seen: number;
  readonly window: AdaptiveWindow;
}

/** A change of the mean, found at `index` of the values passed. */
export interface AdwinDetection {
  readonly index: number;
  readonly direction: 'up' | 'down';
  /** Mean of the window before and after the cut. */
  readonly before: number;
  readonly after: number;
}

/** A detector that has seen nothing. */
export function initialAdwin(changes: Partial<AdwinOptions> = {}): AdwinState {
  const options = { ...defaultAdwinOptions, ...changes };
  const { delta, ...counts } = options;
  if (!(delta > 0 && delta < 1)) throw new RangeError(`ADWIN: delta is ${delta}, but must lie between 0 and 1.`);
  for (const [name, count] of Object.entries(counts)) {
    if (!(Number.isInteger(count) && count > 0)) {
      throw new RangeError(`ADWIN: ${name} is ${count}, but must be a whole number above 0.`);
    }
  }
  return { options, seen: 0, window: emptyWindow };
}

/**
 * ADWIN2 (Bifet & Gavaldà 2007), detecting where River does: keeps a window of as much of the stream as looks
 * stationary, and when two halves of it have different means, says so and begins anew. Feed it losses: `up` is then a loss
 * of performance. It assumes independent values; where they depend on each other feed it blocks, as `watchLosses` does. Values that aren't
 * finite are skipped. Scanning in parts gives the same detections as at once.
 *
 * Example: 1,000 zeros and then ones are detected `up` at index 1,023, before 0 and after 1.
 */
export function scanAdwin(
  state: AdwinState,
  values: ArrayLike<number>,
): { readonly state: AdwinState; readonly detections: readonly AdwinDetection[] } {
  const { options } = state;
  let { seen } = state;
  const window = openWindow(state.window, options.maxBuckets);
  const detections: AdwinDetection[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    addValue(window, value);
    seen += 1;
    if (seen % options.clock !== 0 || window.width <= options.gracePeriod) continue;
    const cut = findCut(window, options.delta, options.minWindowLength);
    if (cut === null) continue;
    detections.push(toDetection(index, cut));
    clearWindow(window);
    seen = 0;
  }
  return { state: { options, seen, window: closeWindow(window) }, detections };
}

function toDetection(index: number, { before, after }: Cut): AdwinDetection {
  return { index, direction: after > before ? 'up' : 'down', before, after };
}
