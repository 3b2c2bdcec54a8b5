import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseId, inputSignature, isWarm, warmId, whyNotLend } from '../../../domain/search/warm-start.ts';
import { beginModel, decidedModel as model, type DecidedModel } from '../../support/decided-model.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { jobFor, train } from '../runtime/jobs.ts';

/** What trains for real, on a machine that does other things as well. */
const slow = 240_000;

const weightsOf = (packageDirectory: string) => readFile(join(packageDirectory, 'weights.bin'));

describe('who may lend weights', () => {
  it('is nobody who has seen a row that candidates are judged on', () => {
    const cases = fc.integer({ min: 1, max: 200 }).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        newest: fc.integer({ min: 0, max: rows - 1 }),
        judgedFrom: fc.integer({ min: 0, max: rows }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ rows, newest, judgedFrom }) => {
        const keys = Array.from({ length: rows }, (_, row) => `row ${row}`);
        expect(whyNotLend(keys, `row ${newest}`, judgedFrom) === null).toBe(newest < judgedFrom);
      }),
    );
    expect(whyNotLend(['a', 'b', 'c', 'd'], 'c', 1)).toBe('it has seen 2 of the rows that candidates are judged on');
  });

  it('is nobody whose newest row is unknown', () => {
    expect(whyNotLend(['a', 'b'], 'z', 1)).toMatch(/can’t be told/);
  });

  it('needs the same inputs, on whatever scale', () => {
    const rank = {
      kind: 'rank',
      feature: 'x',
      median: 0,
      knots: [0, 1],
      scores: [-1, 1],
      missingIndicator: false,
    } as const;
    const levels = { kind: 'levels', feature: 'hour', levels: [1, 2] } as const;
    const signature = inputSignature({ width: 3, steps: [rank, levels] });
    expect(inputSignature({ width: 3, steps: [{ ...rank, median: 7, knots: [3, 9, 12] }, levels] })).toBe(signature);
    expect(inputSignature({ width: 3, steps: [rank, { ...levels, levels: [1, 3] }] })).not.toBe(signature);
    expect(inputSignature({ width: 3, steps: [levels, rank] })).not.toBe(signature);
    expect(inputSignature({ width: 3, steps: [{ ...rank, feature: 'y' }, levels] })).not.toBe(signature);
  });

  it('is named once, however often weights were handed on', () => {
    expect([warmId('mlp/all'), warmId(warmId('mlp/all')), baseId('warm/mlp/all'), baseId('mlp/all')]).toEqual([
      'warm/mlp/all',
      'warm/mlp/all',
      'mlp/all',
      'mlp/all',
    ]);
  });
});

describe('a network that begins from the weights of another', { timeout: slow }, () => {
  it('begins there, and is the same again when it begins anew', async () => {
    const lender = await train(await jobFor('ring'));
    // Steps too small to move anything but the last bits.
    const job = {
      ...(await jobFor('ring', { learningRate: 1e-9, maxEpochs: 1 })),
      startPackage: lender.packageDirectory,
    };
    const begun = await train(job);
    expect(begun.scratchReason).toBeNull();
    expect(begun.validationLoss).toBeCloseTo(lender.validationLoss, 4);
    expect((await train(job)).weightsSha256).toBe(begun.weightsSha256);
    const fresh = await train(await jobFor('ring', { learningRate: 1e-9, maxEpochs: 1 }));
    expect(fresh.validationLoss).toBeGreaterThan(begun.validationLoss + 0.1);
  });

  it.each([
    ['another architecture', 'ring', { hiddenUnits: [8] }, 'its architecture is another'],
    ['other inputs', 'price', {}, 'its inputs are others'],
  ] as const)('begins from scratch where the lender has %s, and says so', async (_what, problem, changes, why) => {
    const lender = await train(await jobFor(problem, { maxEpochs: 1, ...changes }));
    const job = await jobFor('ring', { maxEpochs: 1 });
    const scratch = await train({ ...job, startPackage: lender.packageDirectory });
    const plain = await train(await jobFor('ring', { maxEpochs: 1 }));
    expect(scratch.scratchReason).toBe(why);
    expect(await weightsOf(scratch.packageDirectory)).toEqual(await weightsOf(plain.packageDirectory));
  });
});

describe('a retraining with a champion', { timeout: slow }, () => {
  const retrainAfter = async (rows: number, search: object = { warmStart: 'champion' }) => {
    const home = await temporaryFolder();
    const life = await beginModel(home, undefined, { search });
    try {
      const first = (await life.retrain('d1')).result.version!;
      await life.promote('d1', first);
      await life.serve(rows, { champion: first, previous: '0', isGood: false });
      const { result } = await life.retrain('d2');
      return { ...(await describeRuns(life)), first, result };
    } finally {
      await life.close();
    }
  };

  const describeRuns = async ({ deps }: DecidedModel) => {
    const run = (await deps.tracking.read({ model, decisionId: 'd2', candidateId: null }))!;
    const ids = run.params['candidates']!.split(', ');
    const warm = ids.find(isWarm) ?? null;
    const told = warm === null ? null : await deps.tracking.read({ model, decisionId: 'd2', candidateId: warm });
    const versions = await deps.registry.listVersions(model);
    return { warm, told, tags: versions.map(({ tags }) => tags) };
  };

  it('tries one that begins from its weights, and says so in run and version', async () => {
    const { warm, told, tags, first, result } = await retrainAfter(1_500);
    expect(told!.params).toMatchObject({
      candidate: warm,
      startsFrom: expect.stringContaining(`"version":"${first}"`) as string,
    });
    expect(told!.tags).not.toHaveProperty('beganFromScratch');
    const isPart = result.networks.includes(warm!);
    expect(tags.at(-1)!['warmStartedFrom']).toBe(isPart ? first : undefined);
    expect(result.networks.length).toBeGreaterThan(0);
  }, 120_000);

  it('tries none where the champion knows rows that candidates are judged on, or the policy does not ask for it', async () => {
    expect((await retrainAfter(300)).warm).toBeNull();
    expect((await retrainAfter(1_500, {})).warm).toBeNull();
  }, 120_000);
});
