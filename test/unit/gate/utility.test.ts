import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadUtility } from '../../../adapters/utility/load-utility.ts';
import { measureScores } from '../../../domain/calibration/profile.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { utilityOf, utilityOfMatrix } from '../../../domain/gate/utility/utility.ts';
import type { DataSchema } from '../../../domain/table.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { binaryEvidence, policy, regressionEvidence } from './cases.ts';

const classes = ['good', 'fraud'];
const schema: DataSchema = { features: [], label: 'y', classes };
/** A missed fraud costs as much as twenty false alarms. */
const matrix = { fraud: { fraud: 0, good: -20 }, good: { fraud: -1, good: 0 } };
const labels = [1, 1, 0, 0];
const predictions = { width: 1, values: [0.9, 0.1, 0.9, 0.1] };

describe('utility', () => {
  it('is what each answer was worth, by a matrix of names', () => {
    const utility = utilityOfMatrix(matrix, classes);
    expect([...utilityOf(utility, { task: 'binary', labels, predictions })]).toEqual([0, -20, -1, 0]);
    const partial = utilityOfMatrix({ fraud: { fraud: 5 } }, classes);
    expect([...utilityOf(partial, { task: 'binary', labels, predictions })]).toEqual([5, 0, 0, 0]);
    expect(measureScores('binary', { labels, predictions }, utility)).toMatchObject({ error: 0.5, utility: -5.25 });
  });

  it('refuses a matrix of other classes, and one for a regression', () => {
    expect(() => utilityOfMatrix({ frod: { good: 1 } }, classes)).toThrow(
      'the utility matrix names "frod", which is no class: the classes are good, fraud',
    );
    expect(() => utilityOfMatrix(matrix, [])).toThrow(/give a regression a utilityModule/);
  });

  it('can be a function of the project: of class names, or of values', async () => {
    const folder = await temporaryFolder();
    const write = async (name: string, text: string): Promise<{ module: string }> => {
      await writeFile(join(folder, name), text);
      return { module: join(folder, name) };
    };
    const named = await write(
      'named.mjs',
      'export const utility = (a, p) => (a === "fraud" && p === "fraud" ? 7 : 0);',
    );
    const byName = await loadUtility(named, schema);
    expect([byName!(1, 1), byName!(0, 1)]).toEqual([7, 0]);
    const values = await write('values.mjs', 'export const utility = (a, p) => -Math.abs(a - p);');
    expect((await loadUtility(values, { ...schema, classes: [] }))!(3, 5)).toBe(-2);
    expect(await loadUtility({ matrix }, schema)).toBeTypeOf('function');
    expect(await loadUtility(null, schema)).toBeNull();
    const none = await write('none.mjs', 'export const worth = 1;');
    await expect(loadUtility(none, schema)).rejects.toThrow(/exports no function utility/);
  });
});

describe('a gate by utility', () => {
  const agreement = { both: 1500, onlyChallenger: 160, onlyChampion: 120, neither: 220 };
  const evidence = binaryEvidence(agreement, { lastKnownDelayRows: null });
  const utility = utilityOfMatrix(matrix, classes);
  const decided = { ...policy, flipLimit: 10, brierMargin: 1, calibrationMargin: 1 };

  it('says so in the project’s unit, and can turn against the share of right answers', () => {
    expect(judgeGate(evidence, decided).reason).toMatch(/^challenger is better: accuracy/);
    // The challenger's mistakes are missed frauds, the champion's are false alarms.
    const missing = {
      ...evidence,
      champion: {
        width: 1,
        values: Array.from(evidence.champion!.values, (p, row) => (evidence.labels[row] === 1 ? 0.9 : p)),
      },
      utility,
    };
    const verdict = judgeGate(missing, decided);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(
        /^challenger is worse: mean utility -\d\.\d+ a row against -0\.\d+, difference -\d\.\d+ \(95% interval -\d\.\d+ to -\d\.\d+, 2,000 rows, p = 1\.0000\)$/,
      ) as string,
    });
    expect(verdict.checks[0]!.effectSize).toBeLessThan(-1);
  });

  it('promotes what is worth more, and compares with the constant answer that is worth most', () => {
    const better = binaryEvidence(
      { both: 1500, onlyChallenger: 260, onlyChampion: 20, neither: 220 },
      { lastKnownDelayRows: null, utility },
    );
    const verdict = judgeGate(better, decided);
    expect(verdict.checks[0]).toMatchObject({ name: 'paired-loss', outcome: 'pass' });
    expect(verdict.checks.find(({ name }) => name === 'baseline:majority')!.reason).toContain(
      'always answering class 1',
    );
  });

  it('agrees with the plain gate where a right answer is worth 1', () => {
    const plain = judgeGate(evidence, decided).checks[0]!;
    const worth = judgeGate({ ...evidence, utility: (actual, given) => Number(actual === given) }, decided).checks[0]!;
    expect(worth.effectSize).toBeCloseTo(plain.effectSize!, 12);
    expect(worth.interval!.low).toBeCloseTo(plain.interval!.low, 12);
    expect(worth.outcome).toBe(plain.outcome);
  });

  it('takes a regression’s own utility, and leaves undecided what can’t be compared', () => {
    const regression = regressionEvidence(600, 8, 4, { lastKnownDelayRows: null });
    const byWorth = { ...regression, utility: (actual: number, given: number) => -Math.abs(actual - given) };
    expect(judgeGate(byWorth, policy)).toMatchObject({
      outcome: 'pass',
      reason: expect.stringContaining('mean utility') as string,
    });
    expect(judgeGate({ ...regression, utility: () => 3 }, policy)).toMatchObject({
      outcome: 'inconclusive',
      reason: 'every answer has the utility 3: nothing to tell models apart by',
    });
    expect(judgeGate({ ...regression, utility: () => NaN }, policy)).toMatchObject({ outcome: 'inconclusive' });
  });
});
