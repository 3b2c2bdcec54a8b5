import { formatCount } from '../gate/wording.ts';
import type { NumericContract } from './contract.ts';
import type { QualityPolicy } from './policy.ts';
import { countMode, countOutside, quantileOf, sortFinite } from './quantiles.ts';
import { suspectMissing, suspectRise, suspectStuck } from './share-checks.ts';
import type { Suspicion } from './suspicion.ts';
import { testProportions } from './two-sample.ts';
import { findConversion } from './unit-jump.ts';
import { formatPercent, formatValue } from './wording.ts';

/** The finite values of a window that has `windowRows` rows in all. */
export interface SortedWindow {
  readonly sorted: Float64Array;
  readonly windowRows: number;
}

/** Everything that can be wrong with a window of numbers, booleans or times. */
export function suspectNumbers(
  feature: string,
  values: Float64Array,
  contract: NumericContract,
  policy: QualityPolicy,
): readonly Suspicion[] {
  const sorted = sortFinite(values);
  const missing = { hits: values.length - sorted.length, rows: values.length };
  return [
    suspectMissing(feature, missing, contract.missing, policy),
    ...suspectValues(feature, { sorted, windowRows: values.length }, contract, policy),
  ];
}

/** The same, but for what is missing: a label that has not arrived says nothing about the values. */
export function suspectValues(
  feature: string,
  { sorted, windowRows }: SortedWindow,
  contract: NumericContract,
  policy: QualityPolicy,
): readonly Suspicion[] {
  const alike = { hits: countMode(sorted), rows: sorted.length, windowRows, value: formatValue(sorted[0] ?? 0) };
  return [
    suspectStuck(feature, alike, contract, policy),
    suspectOutside(feature, { sorted, windowRows }, contract, policy),
    suspectUnit(feature, { sorted, windowRows }, contract, policy),
    suspectFractions(feature, { sorted, windowRows }, contract),
  ].filter((suspicion) => suspicion !== null);
}

function suspectOutside(
  feature: string,
  { sorted, windowRows }: SortedWindow,
  { range }: NumericContract,
  policy: QualityPolicy,
): Suspicion | null {
  if (range === null) return null;
  const current = { hits: countOutside(sorted, range.low, range.high), rows: sorted.length };
  const span = `${formatValue(range.low)} to ${formatValue(range.high)}`;
  const question = {
    name: `outside:${feature}`,
    limit: policy.outsideLimit,
    windowRows,
    broken: `${feature} leaves its range of ${span}`,
    intact: `${feature} keeps to its range of ${span}`,
    advisory: range.roams,
    mayLast: true,
  };
  return suspectRise(current, range.outside, question, policy);
}

/** Times have no unit, and what is constant or nearly so has no spread to tell one by. */
function suspectUnit(
  feature: string,
  { sorted, windowRows }: SortedWindow,
  contract: NumericContract,
  policy: QualityPolicy,
): Suspicion | null {
  if (contract.range === null || contract.type !== 'numeric' || sorted.length === 0) return null;
  const { inner, centre } = contract;
  const conversion = findConversion(sorted, contract, policy.scaleLimit);
  const inside = { hits: sorted.length - countOutside(sorted, inner.low, inner.high), rows: sorted.length };
  return {
    name: `unit:${feature}`,
    test: testProportions(inside, inner.inside, 'less'),
    effectSize: conversion?.scale ?? 1,
    isLarge: conversion !== null,
    windowRows,
    rowsSeen: sorted.length,
    broken: `${feature} is in another unit: ${conversion?.name}`,
    intact: `${feature} is in the unit of training`,
    figures: `median ${formatValue(quantileOf(sorted, 0.5))}, in training ${formatValue(centre.low)} to ${formatValue(centre.high)}`,
    advisory: contract.range.roams,
  };
}

/** Fractions where there were whole numbers are worth a look, and harmless to a model. */
function suspectFractions(
  feature: string,
  { sorted, windowRows }: SortedWindow,
  { whole, type }: NumericContract,
): Suspicion | null {
  if (!whole || type !== 'numeric' || sorted.length === 0) return null;
  const fractions = sorted.reduce((count, value) => count + (Number.isInteger(value) ? 0 : 1), 0);
  return {
    name: `fractions:${feature}`,
    test: null,
    effectSize: fractions / sorted.length,
    isLarge: fractions > 0,
    windowRows,
    rowsSeen: sorted.length,
    broken: `${feature} has fractions, and only whole numbers in training`,
    intact: `${feature} has whole numbers only`,
    figures: `${formatPercent(fractions / sorted.length)} of ${formatCount(sorted.length)} values`,
    advisory: true,
  };
}
