import { formatCount } from '../gate/wording.ts';
import type { Finding } from '../monitoring/finding.ts';
import { sliceTable } from '../snapshot/tables.ts';
import type { Table } from '../table.ts';
import type { Check, Verdict } from '../verdict.ts';
import { suspectCategories } from './categorical-checks.ts';
import type { ColumnContract, SchemaContract, ShareContract } from './contract.ts';
import { countDuplicates } from './duplicates.ts';
import { type LabelWindow, suspectLabels } from './label-checks.ts';
import { suspectNumbers } from './numeric-checks.ts';
import type { QualityPolicy } from './policy.ts';
import { suspectRise } from './share-checks.ts';
import { judgeSuspicions, type Suspicion } from './suspicion.ts';

/** Rows in prediction order. */
export interface QualityWindow {
  readonly inputs: Table;
  /** Left out where outcomes aren't judged. */
  readonly labels?: LabelWindow;
}

export interface QualityReport {
  /** One signal for all that is broken; none where nothing is. */
  readonly signals: readonly Finding[];
  readonly verdict: Verdict;
}

/**
 * Are the live data still what the champion learned from, or is something upstream broken? Each check compares with the training part, and
 * fails only on what is significant and lies well beyond anything that a stretch of the training part showed. A break blocks
 * training until a person has mended the data.
 */
export function judgeQuality(window: QualityWindow, contract: SchemaContract, policy: QualityPolicy): QualityReport {
  return report(judgeSuspicions(suspectAll(window, contract, policy), policy), window, policy);
}

/**
 * The same, but for what has lasted: a rate of labels, a range or categories that were as far off in the older half of the window already, read
 * by themselves, are what the world has become. Nobody can tell a lasting change from a lasting mistake by the rows alone, so both are held
 * up while they are news, and told; a model that was refused the new world for ever would be wrong in it for ever.
 */
export function judgeQualityNow(window: QualityWindow, contract: SchemaContract, policy: QualityPolicy): QualityReport {
  const now = judgeQuality(window, contract, policy);
  if (now.verdict.outcome !== 'fail') return now;
  const earlier = suspectAll(olderHalf(window), contract, policy);
  const failed = brokenChecks(judgeSuspicions(earlier, policy)).map(({ name }) => name);
  const lasting = earlier.filter(({ name, mayLast }) => mayLast === true && failed.includes(name));
  const checks = now.verdict.checks.map((check) =>
    check.outcome === 'fail' && lasting.some(({ name }) => name === check.name)
      ? { ...check, reason: `${check.reason}, and has been so for a while`, advisory: true as const }
      : check,
  );
  return report(checks, window, policy);
}

function olderHalf({ inputs, labels }: QualityWindow): QualityWindow {
  const rows = Math.floor(inputs.rowCount / 2);
  return {
    inputs: sliceTable(inputs, { from: 0, to: rows }),
    ...(labels && { labels: { ...labels, values: labels.values.subarray(0, Math.floor(labels.values.length / 2)) } }),
  };
}

function suspectAll(window: QualityWindow, contract: SchemaContract, policy: QualityPolicy): readonly Suspicion[] {
  return [
    ...suspectColumns(window.inputs, contract, policy),
    ...suspectTable(window.inputs, contract, policy),
    ...(window.labels === undefined ? [] : suspectLabels(window.labels, contract, policy)),
  ];
}

function report(checks: readonly Check[], { inputs }: QualityWindow, policy: QualityPolicy): QualityReport {
  const verdict = conclude(checks, inputs.rowCount, policy);
  if (verdict.outcome !== 'fail') return { signals: [], verdict };
  const sources = brokenChecks(checks).map(({ name }) => name);
  return { signals: [{ kind: 'data-quality', reason: verdict.reason, sources }], verdict };
}

function suspectColumns(inputs: Table, contract: SchemaContract, policy: QualityPolicy): readonly Suspicion[] {
  const known = Object.entries(contract.columns).flatMap(([name, column]) =>
    suspectColumn(name, inputs, column, policy),
  );
  const extra = Object.keys(inputs.columns).filter((name) => !Object.hasOwn(contract.columns, name));
  return [...known, ...extra.map((name) => structural('extra', name, 'is a column that training did not have', true))];
}

function suspectColumn(
  name: string,
  { columns }: Table,
  contract: ColumnContract,
  policy: QualityPolicy,
): readonly Suspicion[] {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column === undefined) return [structural('absent', name, 'is absent')];
  if (contract.kind === 'categorical') {
    if (column.kind === 'categorical') return suspectCategories(name, column.values, contract, policy);
    return [structural('type', name, 'has numbers where training had categories')];
  }
  if (column.kind === 'numeric') return suspectNumbers(name, column.values, contract, policy);
  return [structural('type', name, 'has text where training had numbers')];
}

/** What needs no counting of rows to be seen. */
function structural(kind: string, feature: string, what: string, advisory = false): Suspicion {
  return {
    name: `${kind}:${feature}`,
    test: null,
    effectSize: 1,
    isLarge: true,
    windowRows: 0,
    rowsSeen: 0,
    broken: `${feature} ${what}`,
    intact: `${feature} is there`,
    figures: 'by the schema',
    advisory,
  };
}

/** Rows that repeat are looked for among the newest ones only: their hashes must fit into memory. */
const mostRowsCompared = 100_000;

/** The share of rows that repeat by chance grows at most in proportion to the length, so what stretches showed is scaled to the window. */
function suspectTable(inputs: Table, contract: SchemaContract, policy: QualityPolicy): readonly Suspicion[] {
  const { duplicates, stretchRows } = contract;
  const columns = Object.entries(inputs.columns).filter(([name]) => Object.hasOwn(contract.columns, name));
  if (duplicates === null || columns.length < Object.keys(contract.columns).length) return [];
  const known: Table = { rowCount: inputs.rowCount, columns: Object.fromEntries(columns) };
  const rows = Math.min(mostRowsCompared, inputs.rowCount);
  const hits = countDuplicates(known, { from: inputs.rowCount - rows, to: inputs.rowCount });
  const question = {
    name: 'duplicates',
    limit: policy.duplicateLimit,
    windowRows: inputs.rowCount,
    broken: 'rows are repeated',
    intact: 'rows are repeated no more often than in training',
  };
  return [suspectRise({ hits, rows }, scaleShare(duplicates, Math.max(1, rows / stretchRows)), question, policy)];
}

function scaleShare({ hits, rows, highest }: ShareContract, factor: number): ShareContract {
  return hits === 0
    ? { hits, rows, highest }
    : { hits: Math.min(rows, hits * factor), rows, highest: Math.min(1, highest * factor) };
}

function brokenChecks(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ outcome, advisory }) => outcome === 'fail' && !advisory);
}

const mostTold = 3;

function conclude(checks: readonly Check[], rows: number, { minRows }: QualityPolicy): Verdict {
  const broken = brokenChecks(checks);
  if (broken.length > 0) {
    const told = broken.slice(0, mostTold).map(({ reason }) => reason);
    const more = broken.length > mostTold ? [`and ${broken.length - mostTold} more checks fail`] : [];
    return { outcome: 'fail', reason: [...told, ...more].join('; '), checks };
  }
  if (rows < minRows) {
    const reason = `data quality can't be judged: ${formatCount(rows)} rows, ${formatCount(minRows)} are needed`;
    return { outcome: 'inconclusive', reason, checks };
  }
  return { outcome: 'pass', reason: `none of ${checks.length} checks of data quality fails`, checks };
}
