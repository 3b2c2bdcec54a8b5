import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { initialAdwin, scanAdwin } from '../../../domain/outcomes/adwin.ts';
import type { AdwinOptions } from '../../../domain/outcomes/adwin.ts';
import vectors from '../../vectors/drift_adwin.json' with { type: 'json' };

interface Stream {
  readonly name: string;
  readonly options: Partial<Record<keyof typeof optionNames, number>>;
  readonly detections: readonly number[];
  readonly bits?: string;
  readonly values?: readonly number[];
}

const optionNames = {
  delta: 'delta',
  clock: 'clock',
  max_buckets: 'maxBuckets',
  min_window_length: 'minWindowLength',
  grace_period: 'gracePeriod',
} as const satisfies Record<string, keyof AdwinOptions>;

const streams = (vectors.streams as readonly Stream[]).map(({ name, options, detections, bits, values }) => ({
  name,
  detections,
  values: values ?? Array.from(bits!, Number),
  options: Object.fromEntries(
    Object.entries(options).map(([option, value]) => [optionNames[option as keyof typeof optionNames], value]),
  ) as Partial<AdwinOptions>,
}));

/** `rows` errors with probability `rate`. */
function errors(rng: () => number, rows: number, rate: number): number[] {
  return Array.from({ length: rows }, () => (rng() < rate ? 1 : 0));
}

describe('scanAdwin', () => {
  it.each(streams)('detects at the same indices as River: $name', ({ options, values, detections }) => {
    const found = scanAdwin(initialAdwin(options), values).detections;
    expect(found.map(({ index }) => index)).toEqual(detections);
  });

  it('tells a rise from a fall, with the means on both sides of the cut', () => {
    const rng = createRng(5);
    const values = [...errors(rng, 2000, 0.2), ...errors(rng, 2000, 0.5), ...errors(rng, 2000, 0.1)];
    const [rise, fall, ...others] = scanAdwin(initialAdwin(), values).detections;
    expect(others).toEqual([]);
    expect(rise).toMatchObject({ direction: 'up' });
    expect(rise!.before).toBeCloseTo(0.2, 1);
    expect(rise!.after).toBeGreaterThan(0.4);
    expect(fall).toMatchObject({ direction: 'down' });
    expect(fall!.after).toBeLessThan(0.2);
  });

  it('gives the same detections and state in parts, through JSON, as at once', () => {
    const { values } = streams.find(({ name }) => name.includes('many changes'))!;
    const atOnce = scanAdwin(initialAdwin(), values);
    fc.assert(
      fc.property(fc.nat(values.length), (split) => {
        const first = scanAdwin(initialAdwin(), values.slice(0, split));
        const second = scanAdwin(JSON.parse(JSON.stringify(first.state)), values.slice(split));
        const shifted = second.detections.map((detection) => ({ ...detection, index: detection.index + split }));
        expect([...first.detections, ...shifted]).toEqual(atOnce.detections);
        expect(second.state).toEqual(atOnce.state);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves the state it was given as it was', () => {
    const { state } = scanAdwin(initialAdwin(), [1, 0, 1, 1, 0]);
    const before = JSON.stringify(state);
    scanAdwin(state, new Array(100).fill(1));
    expect(JSON.stringify(state)).toBe(before);
  });

  it('skips values that are not finite, and never answers NaN', () => {
    const numbers = fc.array(
      fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity, 0, 1), fc.double({ min: -1e9, max: 1e9 })),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(numbers, (values) => {
        const { state, detections } = scanAdwin(initialAdwin({ clock: 4 }), values);
        expect(JSON.stringify({ state, detections })).not.toContain('null');
        expect(scanAdwin(initialAdwin({ clock: 4 }), values.filter(Number.isFinite)).state).toEqual(state);
      }),
    );
  });

  it('refuses options that make no sense, by name', () => {
    expect(() => initialAdwin({ delta: 0 })).toThrow('delta is 0, but must lie between 0 and 1');
    expect(() => initialAdwin({ clock: 0.5 })).toThrow('clock is 0.5, but must be a whole number above 0');
  });
});

describe('ADWIN on simulated errors', () => {
  it('raises no false alarm in 100,000 stationary labels', () => {
    expect(scanAdwin(initialAdwin(), errors(createRng(11), 100_000, 0.2)).detections).toEqual([]);
  });

  it.each([
    { to: 0.3, medianDelay: 455 },
    { to: 0.4, medianDelay: 151 },
  ])(
    'finds a rise from .2 to $to after about $medianDelay labels, as the median of 40 streams',
    ({ to, medianDelay }) => {
      const delays = Array.from({ length: 40 }, (_, seed) => {
        const rng = createRng(seed);
        const values = [...errors(rng, 3000, 0.2), ...errors(rng, 5000, to)];
        const found = scanAdwin(initialAdwin(), values).detections.find(({ direction }) => direction === 'up');
        return (found?.index ?? Infinity) - 3000;
      }).sort((a, b) => a - b);
      expect(delays.at(-1)).toBeLessThan(5000);
      expect(Math.abs(delays[20]! / medianDelay - 1)).toBeLessThan(0.3);
    },
  );
});
