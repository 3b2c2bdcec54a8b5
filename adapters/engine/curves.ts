import type { NativeKernels } from '../runtime/native-kernels.ts';
import { readCurve, type Curve } from './curve.ts';
import { fewestNativeRows } from './dense-kernel.ts';
import type { FillInputs } from './compile-preprocessing.ts';

/** A curve, where its values begin, and which input of a row it fills. */
export interface PlacedCurve {
  readonly curve: Curve;
  readonly from: number;
  readonly offset: number;
}

interface Places {
  readonly values: Float64Array;
  /** Row-major. */
  readonly inputs: Float32Array;
  readonly width: number;
}

type CurveKernels = Pick<NativeKernels, 'readCurves'>;

/** Reads all curves of a preprocessing: by native code where there is any and the rows are worth its call, to the same bit. */
export function createCurveReader(
  curves: readonly PlacedCurve[],
  places: Places,
  kernels: CurveKernels | null,
): FillInputs {
  const { values, inputs, width } = places;
  const readAll: FillInputs = (rows) => {
    for (const { curve, from, offset } of curves) readCurve(curve, values, from, rows, inputs, offset, width);
  };
  if (kernels === null || curves.length === 0) return readAll;
  const { pairs, starts, plan } = planCurves(curves);
  return (rows) => {
    if (rows < fewestNativeRows) readAll(rows);
    else kernels.readCurves(values, inputs, pairs, starts, plan, width, rows);
  };
}

/** In the order that native/bind_rows.cc names. */
function planCurves(curves: readonly PlacedCurve[]): {
  readonly pairs: Float64Array;
  readonly starts: Uint16Array;
  readonly plan: Float64Array;
} {
  const [pairs, starts, plan]: [number[], number[], number[]] = [[], [], []];
  for (const { curve, from, offset } of curves) {
    const { starts: ownStarts, first, scale, lastCell } = curve.grid;
    const last = Math.max(0, curve.pairs.length - 2);
    plan.push(from, pairs.length, last, starts.length, first, scale, lastCell, curve.missing, offset);
    // A curve without a knot has room for one, which nobody reads.
    pairs.push(...(curve.pairs.length === 0 ? [0, 0] : curve.pairs));
    starts.push(...ownStarts);
  }
  return { pairs: Float64Array.from(pairs), starts: Uint16Array.from(starts), plan: Float64Array.from(plan) };
}
