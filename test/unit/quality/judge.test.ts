import { describe, expect, it } from 'vitest';
import { inferContract } from '../../../domain/quality/infer-contract.ts';
import { judgeQuality, judgeQualityNow } from '../../../domain/quality/judge.ts';
import { defaultQualityPolicy } from '../../../domain/quality/policy.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import type { Column } from '../../../domain/table.ts';
import { makeRows, schema, withColumn, withNumbers, type Rows } from './cases.ts';

const training = makeRows(5_000, 1);
const contract = inferContract({ schema, ...training }, 1_000);
const live = makeRows(1_000, 2, 5_000);

const regions = (live.table.columns['region'] as Extract<Column, { kind: 'categorical' }>).values;
const prices = (rows: Rows) => (rows.table.columns['price'] as Extract<Column, { kind: 'numeric' }>).values;

function judge({ table, labels }: Rows, on = contract) {
  return judgeQuality({ inputs: table, labels: { values: labels, matureShare: 0.95 } }, on, defaultQualityPolicy);
}

/** Names of the checks that fail, the advisory ones apart. */
function failures(rows: Rows, on = contract) {
  const { signals, verdict } = judge(rows, on);
  const advisory = verdict.checks.filter((check) => check.outcome === 'fail' && check.advisory).map(({ name }) => name);
  return { sources: signals.flatMap((signal) => signal.sources ?? []), advisory, reason: verdict.reason };
}

const text = (values: readonly (string | null)[]): Column => ({ kind: 'categorical', values });

describe('judgeQuality', () => {
  it('finds nothing in rows like those of training', () => {
    const { signals, verdict } = judge(live);
    expect(signals).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'none of 20 checks of data quality fails' });
  });

  it('misses a column, and notes one too many', () => {
    const { price: _, ...columns } = live.table.columns;
    const renamed = {
      table: { ...live.table, columns: { ...columns, prize: live.table.columns['price']! } },
      labels: live.labels,
    };
    expect(failures(renamed)).toEqual({
      sources: ['absent:price'],
      advisory: ['extra:prize'],
      reason: 'price is absent (by the schema)',
    });
  });

  it('sees text where numbers were, and numbers where categories were', () => {
    const words = withColumn(live, 'price', text(Array.from(live.table.columns['price']!.values, String)));
    const both = withColumn(words, 'region', live.table.columns['count']!);
    expect(failures(both).sources).toEqual(['type:price', 'type:region']);
  });

  it('sees values go missing, infinite ones too', () => {
    const found = failures(withNumbers(live, 'count', (value, row) => (row % 5 === 0 ? Infinity : value)));
    expect(found.sources).toEqual(['missing:count']);
    expect(found.reason).toBe(
      'count is missing more often than ever in training (20%, at most 0% in training, 1,000 rows, p < .0001)',
    );
  });

  it('sees values leave their range', () => {
    const found = failures(withNumbers(live, 'price', (value, row) => (row % 4 === 0 ? -999 : value)));
    expect(found.sources).toEqual(['outside:price']);
    expect(found.reason).toMatch(/^price leaves its range of 2\.\d+ to 9\d\.\d+ \(2\d\.\d%, at most 0% in training/);
  });

  it.each([
    ['100 times as large', (value: number) => value * 100],
    ['1000 times as small', (value: number) => value / 1_000],
    ['about 7 times as large', (value: number) => value * 7],
    ['Kelvin where there was Celsius', (value: number) => value - 35 + 273.15],
    ['Fahrenheit where there was Celsius', (value: number) => (value - 35) * 1.8 + 32],
  ])('names the unit: %s', (name, change) => {
    const offset = name.includes('Celsius') ? 35 : 0;
    const celsius = inferContract(
      { schema, ...withNumbers(training, 'price', (value) => Math.min(59, value - offset)) },
      1_000,
    );
    const found = failures(withNumbers(live, 'price', change), offset === 0 ? contract : celsius);
    expect(found.sources[0]).toBe('unit:price');
    expect(found.reason).toContain(`price is in another unit: ${name} (median`);
  });

  it('takes a shift for drift, not for another unit', () => {
    expect(failures(withNumbers(live, 'price', (value) => value + 20)).sources).toEqual([]);
    expect(failures(withNumbers(live, 'price', (value) => value * 1.5)).sources).toEqual([]);
  });

  it('sees a feature that got stuck, unless it often is', () => {
    const stuck = withNumbers(live, 'night', () => 0);
    expect(failures(stuck).reason).toBe(
      'night is stuck on 0 (1,000 of 1,000 values are alike, at most 60.8% in training, 1,000 rows, p < .0001)',
    );
    const rare = inferContract(
      { schema, ...withNumbers(training, 'night', (_, row) => Number(row % 3_000 === 2_999)) },
      1_000,
    );
    expect(failures(stuck, rare).sources).toEqual([]);
    expect(failures(withColumn(live, 'region', text(regions.map(() => 'north')))).sources).toEqual(['stuck:region']);
  });

  it('sees categories that training did not have', () => {
    const renamed = regions.map((value) => (value === 'north' ? 'North' : value));
    const found = failures(withColumn(live, 'region', text(renamed)));
    expect(found.sources).toEqual(['unseen:region']);
    expect(found.reason).toMatch(/^region has categories that training did not have, "North" \(/);
  });

  it('sees rows that are repeated', () => {
    const { table, labels } = live;
    const columns = Object.entries(table.columns).map(([name, column]): [string, Column] => [
      name,
      column.kind === 'numeric'
        ? { kind: 'numeric', values: column.values.map((_, row) => column.values[row % 700]!) }
        : text(column.values.map((_, row) => column.values[row % 700] ?? null)),
    ]);
    expect(failures({ table: { ...table, columns: Object.fromEntries(columns) }, labels })).toMatchObject({
      sources: ['duplicates'],
      reason: 'rows are repeated (30%, at most 0% in training, 1,000 rows, p < .0001)',
    });
  });

  it('sees a label feed fall silent, labels of one class only, and labels turned round', () => {
    const labels = (change: (label: number, row: number) => number) =>
      failures({ ...live, labels: live.labels.map(change) });
    expect(labels((label, row) => (row % 5 === 0 ? label : Number.NaN)).reason).toMatch(
      /^the label feed is silent, or nearly so \(200 of 1,000/,
    );
    expect(labels(() => 0).sources).toEqual(['label-rate']);
    expect(labels((label) => 1 - label).reason).toMatch(/^the rate of label "(no|yes)" has jumped/);
    expect(labels((label, row) => (row % 20 === 0 ? 1 - label : label)).sources).toEqual([]);
  });

  it('sees the labels of a regression jump, or come in another unit', () => {
    const values = { ...schema, classes: [] };
    const money = (rows: Rows, times = 1) => ({
      ...rows,
      labels: prices(rows).map((value) => times * (Number.isNaN(value) ? 50 : value)),
    });
    const regression = inferContract({ schema: values, ...money(training) }, 1_000);
    expect(failures(money(live), regression).sources).toEqual([]);
    expect(failures(money(live, 100), regression).sources).toEqual(
      expect.arrayContaining(['unit:label', 'label-mean']),
    );
  });

  it('notes fractions, values that leave a range that never held, and a constant that began to move', () => {
    const uneven = inferContract(
      {
        schema,
        ...withNumbers(
          withNumbers(training, 'price', (_, row) => row),
          'night',
          () => 1,
        ),
      },
      1_000,
    );
    const fractions = withNumbers(
      withNumbers(live, 'count', (value) => value + 0.5),
      'price',
      () => 1e6 * Math.PI,
    );
    const found = failures(
      withNumbers(fractions, 'price', (value, row) => value + row),
      uneven,
    );
    expect(found.sources).toEqual([]);
    expect(found.advisory.toSorted()).toEqual(['fractions:count', 'fractions:price', 'outside:price']);
  });

  it('says nothing of fewer than 200 rows, but for what the schema shows', () => {
    const few = { table: sliceTable(live.table, { from: 0, to: 150 }), labels: live.labels.subarray(0, 150) };
    const broken = withNumbers(few, 'price', (value) => value * 1_000);
    expect(judge(broken).verdict).toMatchObject({
      outcome: 'inconclusive',
      reason: "data quality can't be judged: 150 rows, 200 are needed",
    });
    expect(judge(broken).verdict.checks.every(({ outcome }) => outcome !== 'fail')).toBe(true);
    expect(failures(withColumn(few, 'price', text([]))).sources).toEqual(['type:price']);
  });

  it('tells the three most urgent breaks, and how many more there are', () => {
    const nothing = { ...live, table: { ...live.table, columns: {} } };
    expect(failures(nothing).reason).toBe(
      'price is absent (by the schema); count is absent (by the schema); region is absent (by the schema); and 2 more checks fail',
    );
  });
});

describe('judgeQualityNow', () => {
  const lately = ({ table, labels }: Rows, on = contract) =>
    judgeQualityNow({ inputs: table, labels: { values: labels, matureShare: 0.95 } }, on, defaultQualityPolicy);
  /** Broken from a row on. */
  const turned = (fromRow: number): Rows => ({
    ...live,
    labels: live.labels.map((label, row) => (row < fromRow ? label : 1 - label)),
  });

  it('holds up labels that jump, and takes it for the world where the older half of the window had them, too', () => {
    expect(lately(turned(100)).signals).toEqual([]);
    const [told] = lately(turned(100)).verdict.checks.filter(({ outcome }) => outcome === 'fail');
    expect(told).toMatchObject({ name: expect.stringMatching(/^label-rate/), advisory: true });
    expect(told!.reason).toMatch(/, and has been so for a while$/);
    expect(
      lately({ ...live, labels: Float64Array.from(live.labels, (label, row) => (row < 450 ? label : 1)) }),
    ).toMatchObject({ signals: [{ kind: 'data-quality', sources: ['label-rate'] }] });
  });

  it('does the same with ranges, categories and the mean of values', () => {
    const moved = withNumbers(live, 'price', (value, row) => (row % 4 === 0 ? value + 300 : value));
    expect(lately(moved).signals).toEqual([]);
    const renamed = withColumn(live, 'region', text(regions.map((value) => (value === 'north' ? 'North' : value))));
    expect(lately(renamed).signals).toEqual([]);
    const values = { ...schema, classes: [] };
    const money = (rows: Rows, more = 0) => ({
      ...rows,
      labels: prices(rows).map((value) => more + (Number.isNaN(value) ? 50 : value)),
    });
    const regression = inferContract({ schema: values, ...money(training) }, 1_000);
    expect(lately(money(live, 8), regression).signals).toEqual([]);
    expect(judge(money(live, 8), regression).signals).toHaveLength(1);
  });

  it.each([
    ['a class that vanished', { ...live, labels: live.labels.map(() => 0) }, ['label-rate']],
    ['a silent feed', { ...live, labels: live.labels.map(() => Number.NaN) }, ['label-feed']],
    ['another unit', withNumbers(live, 'price', (value) => value * 1_000), ['unit:price']],
    ['missing values', withNumbers(live, 'count', () => Number.NaN), ['missing:count']],
  ])('never gets used to %s', (_what, rows, sources) => {
    expect(lately(rows).signals[0]!.sources).toEqual(sources);
  });
});
