import { binomialSurvival } from '../math/binomial.ts';
import { countCopies } from '../quality/copies.ts';
import type { Column, RowRange, Table } from '../table.ts';
import type { Check, Outcome } from '../verdict.ts';
import { formatCount } from './wording.ts';

/** Rows in time order with their labels and the keys that name them. */
export interface KnownRows {
  readonly table: Table;
  readonly labels: Float64Array;
  readonly keys: readonly string[];
}

type Examinee = 'challenger' | 'champion';

/** Fewer copies than this share of the holdout move no figure that matters. */
const leakLimit = 0.01;
const leakLevel = 0.001;
/** Share of the training rows on which natural repetitions are counted at a time. */
const rehearsalShare = 0.2;
/** Fifths of the training rows that are rehearsed, as repetitions come in spells; the one with the most counts. */
const rehearsalCount = 3;
const labelColumn = '\u0000label';

/**
 * Was the exam unseen? Fails the challenger where holdout rows, by their keys or as exact copies (features and label), are among the rows it was
 * trained on; near copies are left to a person. A champion that has seen them only makes the exam harder for the challenger: a person
 * decides.
 *
 * Tables repeat themselves, the more the fewer values their columns have. What to expect is rehearsed on the training rows: each of their three newest fifths
 * against those before, on the same grid of near values. If a share s of that repeats n − r rows, at most s · n/(n − r) repeats n, as the chance of a repetition is concave in the
 * rows. Only more than twice that, and 1% of the holdout besides, is a leak (binomial, at .001).
 */
export function checkLeaks(who: Examinee, holdout: KnownRows, training: KnownRows): Check {
  const name = `leak:${who}`;
  const rows = holdout.labels.length;
  const shared = countShared(holdout.keys, training.keys);
  const seen = `of ${formatCount(rows)} holdout rows`;
  if (shared > 0) {
    const reason = `${formatCount(shared)} ${seen} are among the rows that the ${who} was trained on: cut the holdout from rows that no model has seen`;
    return { name, outcome: blame(who, 'fail'), reason, rowsSeen: rows, effectSize: shared / rows };
  }
  const { exact, near } = compareWithKnown(holdout, training);
  const leak = isLeak(exact, rows) ? exact : isLeak(near, rows) ? near : null;
  const lead = describeCopies(exact, near, seen, who);
  if (leak === null) return { name, outcome: 'pass', reason: lead, rowsSeen: rows };
  const outcome = blame(who, leak === exact ? 'fail' : 'inconclusive');
  const expected = `its own rows repeat each other so often that up to ${formatCount(leak.expectedShare * rows)} were to be expected`;
  return { name, outcome, reason: `${lead}; ${expected}`, rowsSeen: rows, effectSize: leak.found / rows };
}

/**
 * The same for a champion whose training rows are no longer kept: holdout rows up to the newest one of its snapshot are not new to it.
 */
export function checkLeaksByKey(holdoutKeys: readonly string[], lastKnownKey: string): Check {
  const known = holdoutKeys.lastIndexOf(lastKnownKey) + 1;
  const rows = `of ${formatCount(holdoutKeys.length)} holdout rows`;
  const reason = `${known === 0 ? 'none' : formatCount(known)} ${rows} is older than the newest row of the champion's snapshot, which is kept no longer`;
  return {
    name: 'leak:champion',
    outcome: known === 0 ? 'pass' : 'inconclusive',
    reason,
    rowsSeen: holdoutKeys.length,
  };
}

function blame(who: Examinee, outcome: Outcome): Outcome {
  return who === 'challenger' ? outcome : 'inconclusive';
}

interface CopyCount {
  readonly found: number;
  /** Upper 95% bound of the share of the holdout that repeats training rows by nature. */
  readonly expectedShare: number;
}

function compareWithKnown(holdout: KnownRows, training: KnownRows): { exact: CopyCount; near: CopyCount } {
  const [exam, known] = alignTables(holdout, training);
  const rehearsals = planRehearsals(known.rowCount, exam.rowCount);
  const copies = countCopies({ exam, known, label: labelColumn, rehearsals });
  const count = (kind: 'exact' | 'near'): CopyCount => {
    const shares = rehearsals.map((range, fifth) => growShare(copies.rehearsals[fifth]![kind], range, fifth, known));
    return { found: copies.exam[kind], expectedShare: Math.min(1, Math.max(...shares)) };
  };
  return { exact: count('exact'), near: count('near') };
}

/** The ends of the newest fifths of the training rows, no longer than the exam; the newest first. */
function planRehearsals(knownRows: number, mostRows: number): readonly RowRange[] {
  const rows = Math.floor(Math.min(mostRows, knownRows * rehearsalShare));
  return Array.from({ length: rehearsalCount }, (_, fifth) => {
    const to = Math.floor(knownRows * (1 - fifth * rehearsalShare));
    return { from: to - rows, to };
  });
}

/** What a rehearsal's repetitions let expect of the holdout. Sampling error is allowed for once. */
function growShare(found: number, { from, to }: RowRange, fifth: number, { rowCount }: Table): number {
  const growth = rowCount / Math.max(1, from);
  return growth * (fifth === 0 ? upperShare(found, to - from) : found / Math.max(1, to - from));
}

function isLeak({ found, expectedShare }: CopyCount, rows: number): boolean {
  const natural = 2 * expectedShare;
  if (natural >= 1 || found < (natural + leakLimit) * rows) return false;
  return binomialSurvival(found, rows, natural) <= leakLevel;
}

/** Wilson's upper bound of a share; 1 where nothing was counted. */
function upperShare(count: number, rows: number): number {
  if (rows === 0) return 1;
  const z = 1.645;
  const share = count / rows;
  const spread = z * Math.sqrt((share * (1 - share)) / rows + z ** 2 / (4 * rows ** 2));
  return (share + z ** 2 / (2 * rows) + spread) / (1 + z ** 2 / rows);
}

/** Columns that both know, and the label as one more. */
function alignTables(a: KnownRows, b: KnownRows): readonly [Table, Table] {
  const isShared = (name: string): boolean => a.table.columns[name]?.kind === b.table.columns[name]?.kind;
  const names = Object.keys(a.table.columns).filter(isShared);
  const pick = ({ table, labels }: KnownRows): Table => {
    const label: Column = { kind: 'numeric', values: labels };
    const columns = Object.fromEntries(names.map((name) => [name, table.columns[name]!]));
    return { rowCount: labels.length, columns: { ...columns, [labelColumn]: label } };
  };
  return [pick(a), pick(b)];
}

function countShared(keys: readonly string[], others: readonly string[]): number {
  const asked = new Set(keys);
  const shared = new Set(others.filter((key) => asked.has(key)));
  return keys.filter((key) => shared.has(key)).length;
}

function describeCopies(exact: CopyCount, near: CopyCount, seen: string, who: Examinee): string {
  return `${formatCount(exact.found)} ${seen} are exact and ${formatCount(near.found)} near copies of rows that the ${who} was trained on`;
}
