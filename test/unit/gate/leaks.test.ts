import { describe, expect, it } from 'vitest';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { checkLeaks, checkLeaksByKey, type KnownRows } from '../../../domain/gate/leaks.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { run } from '../../../simulations/leaks.ts';
import { binaryEvidence, policy } from './cases.ts';

type Row = readonly [number, number, number, label: number];

function drawRows(count: number, seed: number): Row[] {
  const random = createRng(seed);
  return Array.from({ length: count }, () => [random(), random(), random(), random() < 0.5 ? 1 : 0]);
}

function known(rows: readonly Row[], name: string): KnownRows {
  const column = (index: number) => ({
    kind: 'numeric' as const,
    values: Float64Array.from(rows, (row) => row[index]!),
  });
  return {
    table: { rowCount: rows.length, columns: { a: column(0), b: column(1), c: column(2) } },
    labels: column(3).values,
    keys: rows.map((_, index) => `${name}:${index}`),
  };
}

const training = drawRows(2_000, 1);
const holdout = drawRows(500, 2);
const judge = (leaked: readonly Row[], who: 'challenger' | 'champion' = 'challenger') =>
  checkLeaks(who, known([...holdout.slice(leaked.length), ...leaked], 'h'), known(training, 't'));

describe('checkLeaks', () => {
  it('passes a holdout that repeats nothing', () => {
    expect(judge([])).toMatchObject({
      outcome: 'pass',
      reason: '0 of 500 holdout rows are exact and 2 near copies of rows that the challenger was trained on',
    });
  });

  it('fails the challenger, and asks a person about the champion, where rows were copied', () => {
    const copied = training.slice(100, 150);
    expect(judge(copied)).toMatchObject({
      outcome: 'fail',
      effectSize: 0.1,
      reason: expect.stringMatching(/^50 of 500 holdout rows are exact/),
    });
    expect(judge(copied, 'champion').outcome).toBe('inconclusive');
  });

  it('lets a copy pass whose label is another', () => {
    expect(judge(training.slice(100, 150).map(([a, b, c, label]) => [a, b, c, 1 - label])).outcome).toBe('pass');
  });

  it.each([
    ['one column changed', ([, b, c, label]: Row): Row => [7, b, c, label]],
    [
      'numbers rounded to seven digits',
      ([a, b, c, label]: Row): Row => [Number(a.toFixed(7)), Number(b.toFixed(7)), Number(c.toFixed(7)), label],
    ],
  ])('leaves near copies to a person: %s', (_, change) => {
    expect(judge(training.slice(100, 150).map(change))).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('0 of 500 holdout rows are exact and'),
    });
  });

  it('takes equal values in different columns for different', () => {
    expect(judge(training.slice(100, 150).map(([a, b, c, label]) => [c, a, b, label])).outcome).toBe('pass');
  });

  it('fails rows that are there by their key, whatever they hold', () => {
    const twice = { ...known(holdout, 'h'), keys: known(holdout, 't').keys };
    expect(checkLeaks('challenger', twice, known(training, 't'))).toMatchObject({
      outcome: 'fail',
      reason:
        '500 of 500 holdout rows are among the rows that the challenger was trained on: cut the holdout from rows that no model has seen',
    });
  });

  it('looks at the columns that both tables have', () => {
    const { table, ...rest } = known(training, 't');
    const fewer = { ...rest, table: { ...table, columns: { a: table.columns.a!, b: table.columns.b! } } };
    expect(checkLeaks('champion', known([...holdout.slice(50), ...training.slice(0, 50)], 'h'), fewer).outcome).toBe(
      'inconclusive',
    );
    expect(checkLeaks('champion', known(holdout, 'h'), fewer).outcome).toBe('pass');
  });

  it('stays with rows whose columns are empty or constant', () => {
    const empty = (rows: number, seed: number) =>
      drawRows(rows, seed).map(([a, , , label]): Row => [a, Number.NaN, 3, label]);
    expect(checkLeaks('challenger', known(empty(500, 3), 'h'), known(empty(2_000, 4), 't')).outcome).toBe('pass');
  });
});

describe('checkLeaksByKey', () => {
  it('counts the holdout rows that are no newer than what the champion knew', () => {
    expect(checkLeaksByKey(['k3', 'k4', 'k5'], 'k4')).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringMatching(/^2 of 3/),
    });
    expect(checkLeaksByKey(['k3', 'k4', 'k5'], 'k2').outcome).toBe('pass');
  });
});

describe('the gate', () => {
  const better = { both: 1500, onlyChallenger: 200, onlyChampion: 80, neither: 220 };

  it.each([
    ['fail', 'fail'],
    ['inconclusive', 'inconclusive'],
    ['pass', 'pass'],
  ] as const)('says of a better challenger whose exam is a %s: %s', (outcome, expected) => {
    const examChecks = [{ name: 'leak:challenger', outcome, reason: 'seen before', rowsSeen: 2_000 }];
    expect(judgeGate(binaryEvidence(better, { examChecks }), policy).outcome).toBe(expected);
  });
});

describe('leaks on simulated tables', () => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
