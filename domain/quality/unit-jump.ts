import type { Band, NumericContract } from './contract.ts';
import { spreadOf } from './numeric-contract.ts';
import { quantileOf } from './quantiles.ts';
import { formatValue } from './wording.ts';

/** How a new unit follows from the old one: new = scale × old + offset. */
export interface Conversion {
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
  /** Nothing else is measured in the old unit: all values of the training part must lie here. */
  readonly plausible?: Band;
}

const factors = [10, 100, 1_000, 1_000_000, 60, 3_600, 24];

/** Units of one quantity are not further apart. */
const largestFactor = 1e12;

/** Of the air, about as far as it goes on this planet. */
const celsius: Band = { low: -60, high: 60 };
const fahrenheit: Band = { low: -76, high: 140 };
const kelvin: Band = { low: 213, high: 333 };

const knownConversions: readonly Conversion[] = [
  ...factors.flatMap((factor) => [
    { name: `${factor} times as large`, scale: factor, offset: 0 },
    { name: `${factor} times as small`, scale: 1 / factor, offset: 0 },
  ]),
  { name: 'Fahrenheit where there was Celsius', scale: 1.8, offset: 32, plausible: celsius },
  { name: 'Celsius where there was Fahrenheit', scale: 1 / 1.8, offset: -32 / 1.8, plausible: fahrenheit },
  { name: 'Kelvin where there was Celsius', scale: 1, offset: 273.15, plausible: celsius },
  { name: 'Celsius where there was Kelvin', scale: 1, offset: -273.15, plausible: kelvin },
];

/** After a conversion, the median may lie this far outside of what stretches showed, in their usual spread. */
const familiarDistance = 0.5;
/** Spreads may be this many times as wide or as narrow as in any stretch. */
const spreadTolerance = 2;
/** Of where the median lies between the 10% and the 90% quantile. */
const leanTolerance = 0.25;

interface Shape {
  readonly median: number;
  readonly spread: number;
  readonly lean: number;
}

/**
 * The conversion that makes a window's values look as in training again, where as they are they look foreign: a known one, or any factor
 * beyond `scaleLimit`, the shape kept. Null where the values look familiar, and where nothing explains them: that is drift.
 */
export function findConversion(sorted: Float64Array, contract: NumericContract, scaleLimit: number): Conversion | null {
  const usual = usualSpread(contract);
  const shape = describeShape(sorted);
  if (!(usual > 0) || !(shape.spread > 0) || isWithin(shape, contract, foreignDistance(contract, usual))) return null;
  const looksFamiliar = (conversion: Conversion) => {
    const old = undo(shape, conversion);
    return isWithin(old, contract, familiarDistance * usual) && isAlike(old, contract);
  };
  const error = (conversion: Conversion) => Math.abs(Math.log(undo(shape, conversion).spread / usual));
  const known = knownConversions
    .filter((conversion) => isPossible(conversion, contract, scaleLimit) && looksFamiliar(conversion))
    .toSorted((a, b) => error(a) - error(b));
  const generic = genericFactor(shape.spread / usual);
  const isUnit = isBetween(Math.abs(Math.log(generic.scale)), Math.log(scaleLimit), Math.log(largestFactor));
  return known[0] ?? (isUnit && looksFamiliar(generic) ? generic : null);
}

/** The geometric middle of what stretches showed. */
function usualSpread({ spread: { low, high } }: NumericContract): number {
  return Math.sqrt(low) * Math.sqrt(high);
}

/** Values look foreign when their median is a spread away from every stretch's, and further than stretches are from their middle. */
function foreignDistance({ centre }: NumericContract, usual: number): number {
  return Math.max(usual, centre.high / 2 - centre.low / 2);
}

function describeShape(sorted: Float64Array): Shape {
  const [low, median, spread] = [quantileOf(sorted, 0.1), quantileOf(sorted, 0.5), spreadOf(sorted)];
  return { median, spread, lean: spread > 0 ? median / spread - low / spread : 0.5 };
}

function undo({ median, spread, lean }: Shape, { scale, offset }: Conversion): Shape {
  return { median: (median - offset) / scale, spread: spread / scale, lean };
}

function isWithin({ median, spread }: Shape, { centre, spread: band }: NumericContract, reach: number): boolean {
  const isNear = isBetween(median, centre.low - reach, centre.high + reach);
  return isNear && isBetween(spread, band.low / spreadTolerance, band.high * spreadTolerance);
}

function isAlike({ lean }: Shape, { inner, median }: NumericContract): boolean {
  const width = inner.high - inner.low;
  const usualLean = width > 0 ? median / width - inner.low / width : 0.5;
  return !Number.isFinite(usualLean) || Math.abs(lean - usualLean) <= leanTolerance;
}

function isPossible({ scale, plausible }: Conversion, { quantiles }: NumericContract, scaleLimit: number): boolean {
  if (plausible === undefined) return Math.abs(Math.log(scale)) >= Math.log(scaleLimit);
  return quantiles[0]! >= plausible.low && quantiles.at(-1)! <= plausible.high;
}

function isBetween(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}

function genericFactor(factor: number): Conversion {
  const times = factor >= 1 ? factor : 1 / factor;
  const name = `about ${formatValue(Number(times.toPrecision(1)))} times as ${factor >= 1 ? 'large' : 'small'}`;
  return { name, scale: factor, offset: 0 };
}
