import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeRobustness } from '../../../activities/probe-robustness.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import type { LabelledRows, Snapshot } from '../../../adapters/ports/store.ts';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { checkRobustness } from '../../../domain/gate/robustness/check-robustness.ts';
import { perturb, spreadRows } from '../../../domain/gate/robustness/perturb.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';
import { binaryEvidence, policy as strict } from './cases.ts';

const policy = { ...strict, robustness: 'require' as const };
const schema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'open', type: 'boolean' },
    { name: 'region', type: 'categorical' },
  ],
  label: 'y',
  classes: ['no', 'yes'],
};

function rowsOf(rowCount: number): Table {
  const random = createRng(3);
  return {
    rowCount,
    columns: {
      price: { kind: 'numeric', values: Float64Array.from({ length: rowCount }, () => 10 * random()) },
      open: { kind: 'numeric', values: Float64Array.from({ length: rowCount }, () => Number(random() < 0.5)) },
      region: { kind: 'categorical', values: Array.from({ length: rowCount }, () => 'north') },
    },
  };
}

const numbers = (table: Table, name: string) => table.columns[name]!.values as Float64Array;
const isMissing = (value: number | string | null) => value === null || Number.isNaN(value);
const missingIn = (table: Table, name: string) =>
  [...table.columns[name]!.values].filter((value: number | string | null) => isMissing(value)).length;

describe('perturbed rows', () => {
  const table = rowsOf(4_000);
  const all = perturb(schema, table, createRng(1));
  const named = (name: string) => all.find((one) => one.name === name)!.table;

  it('miss a tenth of all cells, or half of one feature and nothing else', () => {
    expect(all.map(({ name }) => name)).toEqual([
      '10% of cells missing',
      'noise of 0.1 sd',
      'half of price missing',
      'half of open missing',
      'half of region missing',
    ]);
    for (const name of ['price', 'open', 'region']) {
      expect(Math.abs(missingIn(named('10% of cells missing'), name) - 400)).toBeLessThan(60);
      expect(Math.abs(missingIn(named(`half of ${name} missing`), name) - 2_000)).toBeLessThan(120);
    }
    expect(missingIn(named('half of region missing'), 'price')).toBe(0);
  });

  it('have noise of a tenth of a standard deviation on numbers alone', () => {
    const noisy = named('noise of 0.1 sd');
    const moved = numbers(noisy, 'price').map((value, row) => value - numbers(table, 'price')[row]!);
    const sd = Math.sqrt(moved.reduce((sum, one) => sum + one ** 2, 0) / 4_000);
    expect(sd / (10 / Math.sqrt(12))).toBeCloseTo(0.1, 2);
    expect(numbers(noisy, 'open')).toEqual(numbers(table, 'open'));
  });

  it('are the same for the same seed, and leave the rows as they were', () => {
    expect(perturb(schema, table, createRng(1))).toEqual(all);
    expect(numbers(table, 'price')).toEqual(numbers(rowsOf(4_000), 'price'));
  });

  it('are at most a thousand, spread over the whole holdout', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (count) => {
        const rows = spreadRows(count);
        expect(rows.length).toBe(Math.min(1_000, count));
        expect(new Set(rows).size).toBe(rows.length);
        expect(rows.every((row) => row >= 0 && row < count)).toBe(true);
      }),
    );
  });
});

/** Under the perturbation the champion gets `old` rows of a thousand wrong that it had right, the challenger `fresh`. */
function losing(old: number, fresh: number, changes: Partial<GateEvidence> = {}): GateEvidence {
  const evidence = binaryEvidence({ both: 1_000, onlyChallenger: 0, onlyChampion: 0, neither: 0 });
  const flipped = (predictions: GateEvidence['challenger'], count: number) => ({
    width: 1,
    values: Array.from(predictions.values, (value, row) => ((row * 617) % 1_000 < count ? 1 - value : value)),
  });
  const perturbed = [
    {
      name: '10% of cells missing',
      champion: flipped(evidence.champion!, old),
      challenger: flipped(evidence.challenger, fresh),
    },
    { name: 'half of price missing', champion: evidence.champion!, challenger: evidence.challenger },
  ];
  return { ...evidence, robustness: { rows: spreadRows(1_000), perturbed }, ...changes };
}

describe('the guard of robustness', () => {
  it('refuses a challenger that loses more to missing values than the champion, if the policy requires it', () => {
    const [check] = checkRobustness(losing(20, 120), policy);
    expect(check).toMatchObject({ name: 'robustness', outcome: 'fail', effectSize: 0.1, rowsSeen: 1_000 });
    expect(check).not.toHaveProperty('advisory');
    expect(check!.reason).toMatch(
      /^challenger loses over 2\.0 points more than the champion: at worst, with 10% of cells missing, \+12\.0 against \+2\.0 points of loss \(2 perturbations, p < \.0001\)$/,
    );
    expect(checkRobustness(losing(20, 120), strict)).toMatchObject([{ outcome: 'fail', advisory: true }]);
  });

  it('passes one that loses no more, however much both lose', () => {
    expect(checkRobustness(losing(300, 300), policy)).toMatchObject([{ outcome: 'pass' }]);
    expect(checkRobustness(losing(300, 100), policy)).toMatchObject([{ outcome: 'pass' }]);
  });

  it('reports what can’t be told, and stops nothing', () => {
    expect(checkRobustness(losing(20, 42), policy)).toMatchObject([{ outcome: 'inconclusive', advisory: true }]);
    const blockOf = Array.from({ length: 1_000 }, (_, row) => row % 5);
    const few = checkRobustness(losing(20, 120, { blockOf }), policy);
    expect(few).toMatchObject([{ outcome: 'inconclusive', advisory: true }]);
    expect(few[0]!.reason).toContain('fewer than 10 rows');
  });

  it('has nothing to say without a champion, or where nothing was tried', () => {
    expect(checkRobustness(losing(20, 120, { champion: null }), policy)).toEqual([]);
    const { robustness: _, ...untried } = losing(20, 120);
    expect(checkRobustness(untried, policy)).toEqual([]);
  });

  it('refuses an equal challenger at most at its level', () => {
    const random = createRng(11);
    let refused = 0;
    for (let run = 0; run < 400; run += 1) {
      const evidence = losing(0, 0);
      const shaken = (predictions: GateEvidence['challenger']) => ({
        width: 1,
        values: Array.from(predictions.values, (value) => (random() < 0.05 ? 1 - value : value)),
      });
      const perturbed = Array.from({ length: 4 }, (_, index) => ({
        name: String(index),
        champion: shaken(evidence.champion!),
        challenger: shaken(evidence.challenger),
      }));
      const [check] = checkRobustness(
        { ...evidence, robustness: { rows: spreadRows(1_000), perturbed } },
        { ...policy, robustnessMargin: 0 },
      );
      if (check!.outcome === 'fail') refused += 1;
    }
    expect(refused / 400).toBeLessThan(0.075);
  });
});

it('asks both models about the same rows in one go, and hands each perturbation its part', async () => {
  const asked: { readonly packages: readonly string[]; readonly rows: number }[] = [];
  const runtime = {
    scoreTable: (packages: readonly string[], { rowCount }: Table) => {
      asked.push({ packages, rows: rowCount });
      const answer = (model: number) => ({
        width: 1,
        values: Float64Array.from({ length: rowCount }, (_, row) => row + model),
      });
      return Promise.resolve([answer(0), answer(0.5)]);
    },
  };
  const probe = {
    challenger: 'new',
    champion: 'old',
    snapshot: { schema } as unknown as Snapshot,
    holdout: { table: rowsOf(30) } as unknown as LabelledRows,
    seed: 1,
  };
  const deps = { runtime } as unknown as Dependencies;
  const { robustness } = await probeRobustness(deps, probe);
  expect(asked).toEqual([{ packages: ['old', 'new'], rows: 150 }]);
  expect(robustness!.perturbed).toHaveLength(5);
  expect(robustness!.perturbed[2]!.champion.values[0]).toBe(60);
  expect(robustness!.perturbed[2]!.challenger.values[0]).toBe(60.5);
  expect(await probeRobustness(deps, { ...probe, champion: null })).toEqual({});
});
