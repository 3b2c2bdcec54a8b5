import type { DriftReport } from '../drift/judge.ts';
import { countRows, type Histogram, type HistogramSpec } from '../drift/histogram.ts';
import { formatNumber } from '../gate/wording.ts';
import type { Check } from '../verdict.ts';

/** Values of a feature that are counted together, and their shares in both windows. */
export interface DriftCell {
  readonly name: string;
  readonly reference: number;
  readonly current: number;
}

export interface FeatureDrift {
  readonly feature: string;
  readonly check: Check;
  /** What the champion owes to the feature, where that is known. */
  readonly importance: number | null;
  /** Where it moved; of the first features only, empty for the others. */
  readonly cells: readonly DriftCell[];
}

/** The features of two windows by what their drift means for the champion, the first ones with their cells. */
export interface DriftSummary {
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly features: readonly FeatureDrift[];
}

export interface ComparedFeature {
  readonly name: string;
  readonly importance?: number;
  readonly reference: Histogram;
  readonly current: Histogram;
}

const withCells = 6;
const mostCells = 12;
const leastShare = 1e-9;

/** What drifted comes first, in the order of the judge; then the others by how far they moved. */
export function summarizeDrift(report: DriftReport, features: readonly ComparedFeature[]): DriftSummary {
  const rankOf = new Map(report.drifted.map(({ feature, rank }) => [feature, rank]));
  const checks = new Map(report.verdict.checks.map((check) => [check.name, check]));
  const ordered = features
    .flatMap((feature) => {
      const check = checks.get(`drift:${feature.name}`);
      return check === undefined ? [] : [{ feature, check }];
    })
    .sort((a, b) => {
      const [first, second] = [a, b].map(({ feature }) => rankOf.get(feature.name) ?? Infinity);
      return first === second ? (b.check.effectSize ?? 0) - (a.check.effectSize ?? 0) : first! - second!;
    });
  return {
    referenceRows: features[0] === undefined ? 0 : countRows(features[0].reference),
    currentRows: features[0] === undefined ? 0 : countRows(features[0].current),
    features: ordered.map(({ feature, check }, index) => ({
      feature: feature.name,
      check,
      importance: feature.importance ?? null,
      cells: index < withCells ? compareCells(feature.reference, feature.current) : [],
    })),
  };
}

/** Shares by cell, neighbouring numbers merged and rare categories left out, so that no more than 12 and the missing are left. */
export function compareCells(reference: Histogram, current: Histogram): readonly DriftCell[] {
  const [referenceRows, currentRows] = [countRows(reference), countRows(current)];
  const share = (counts: readonly number[], cells: readonly number[], rows: number): number =>
    rows === 0 ? 0 : cells.reduce((sum, cell) => sum + counts[cell]!, 0) / rows;
  return groupCells(reference)
    .map(({ name, cells }) => ({
      name,
      reference: share(reference.counts, cells, referenceRows),
      current: share(current.counts, cells, currentRows),
    }))
    .filter((cell) => cell.reference > leastShare || cell.current > leastShare);
}

interface CellGroup {
  readonly name: string;
  readonly cells: readonly number[];
}

function groupCells({ spec, counts }: Histogram): readonly CellGroup[] {
  return spec.kind === 'numeric' ? groupNumbers(spec) : groupCategories(spec, counts);
}

function groupNumbers({ min, uppers }: Extract<HistogramSpec, { kind: 'numeric' }>): readonly CellGroup[] {
  const groups = Math.min(mostCells, uppers.length);
  const merged = Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * uppers.length) / groups);
    const to = Math.floor(((group + 1) * uppers.length) / groups);
    const low = from === 0 ? min : uppers[from - 1]!;
    const high = uppers[to - 1]!;
    const name = low === high ? formatNumber(low) : `${formatNumber(low)} to ${formatNumber(high)}`;
    return { name, cells: Array.from({ length: to - from }, (__, cell) => from + cell + 1) };
  });
  const last = uppers.length;
  return [
    { name: 'below all seen', cells: [0] },
    ...merged,
    { name: 'above all seen', cells: [last + 1] },
    { name: 'missing', cells: [last + 2] },
  ];
}

function groupCategories(
  { top }: Extract<HistogramSpec, { kind: 'categorical' }>,
  counts: readonly number[],
): readonly CellGroup[] {
  const byCount = top.map((_, cell) => cell).sort((a, b) => counts[b]! - counts[a]!);
  const shown = byCount.slice(0, mostCells - 1);
  return [
    ...shown.map((cell) => ({ name: top[cell]!, cells: [cell] })),
    { name: 'other', cells: [...byCount.slice(mostCells - 1), top.length] },
    { name: 'missing', cells: [top.length + 1] },
  ];
}
