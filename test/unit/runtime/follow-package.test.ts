import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FollowJob } from '../../../adapters/ports/model-runtime.ts';
import { createFilePackages } from '../../../adapters/packages/file-packages.ts';
import { createInProcessRuntime } from '../../../adapters/runtime/in-process-runtime.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { calibrationFile, writePackageFile } from '../../../adapters/runtime/model-package.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import { generateRows, openRows, type Problem } from './generated-rows.ts';
import { jobIn, temporaryDirectory } from './jobs.ts';

const { signal } = new AbortController();
const runtime = createInProcessRuntime(await openRows(''));
const packages = createFilePackages();
const shifts = [-1, 0, 1];

let directory: string;
const made = new Map<Problem, { readonly networks: readonly string[]; readonly blend: string }>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incumbent-follow-'));
  for (const problem of ['ring', 'price'] as const) {
    const networks: string[] = [];
    for (const units of [[], [4], [8]]) {
      const job = jobIn(join(directory, `${problem}-${units.join('-')}`), problem, {
        id: `net-${units.join('-')}`,
        hiddenUnits: units,
        maxEpochs: 3,
      });
      networks.push(
        (await runtime.train(job, { signal, resumeFrom: null, onEpoch: () => undefined })).packageDirectory,
      );
    }
    const { snapshot, validation } = jobIn('', problem, {});
    const members = networks.slice(0, 2).map((packageDirectory) => ({ packageDirectory, weight: 0.5 }));
    const blend = await runtime.blend(
      {
        candidateId: 'blend',
        parts: { kind: 'given', members },
        snapshot,
        range: validation,
        workDirectory: join(directory, `${problem}-blend`),
      },
      signal,
    );
    made.set(problem, { networks, blend: blend!.packageDirectory });
  }
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function jobFor(base: string, networks: readonly string[], changes: Partial<FollowJob> = {}): Promise<FollowJob> {
  return {
    base: '7',
    packageDirectory: base,
    lent: null,
    networks,
    maxMembers: 8,
    shares: networks.map(() => shifts.map(() => 1 / (networks.length * shifts.length))),
    shifts,
    deviation: null,
    workDirectory: await temporaryDirectory(),
    ...changes,
  };
}

async function answersOf(packageDirectory: string, problem: Problem): Promise<number[]> {
  const model = await loadModel(packageDirectory);
  try {
    const { values } = await model.predict(sliceTable(generateRows(problem, 1_600).table, { from: 0, to: 40 }));
    expect(await model.verifyGolden()).toBeLessThan(problem === 'price' ? 0.01 : 1e-6);
    return Array.from(values);
  } finally {
    model.dispose();
  }
}

const moveOdds = (p: number, shift: number): number => (p * Math.exp(shift)) / (p * Math.exp(shift) + 1 - p);

describe('a package with other shares', () => {
  it('answers with the mixture of its moved networks, and tells what it is made of', async () => {
    const { networks, blend } = made.get('ring')!;
    const shares = [
      [0.1, 0.2, 0],
      [0, 0.3, 0.4],
    ];
    const listed = (await packages.listNetworks(blend)).map(({ packageDirectory }) => packageDirectory);
    const followed = await runtime.follow(await jobFor(blend, listed, { shares }), signal);
    const said = await answersOf(followed, 'ring');
    const own = await Promise.all(networks.slice(0, 2).map((one) => answersOf(one, 'ring')));
    for (const [row, answer] of said.entries()) {
      const expected = shares.flatMap((of, network) =>
        of.map((share, at) => share * moveOdds(own[network]![row]!, shifts[at]!)),
      );
      expect(answer).toBeCloseTo(
        expected.reduce((a, b) => a + b, 0),
        6,
      );
    }
    expect(await packages.readFollowing(followed)).toEqual({ base: '7', lent: null, shares });
    expect(await packages.readFollowing(blend)).toBeNull();
    expect(await packages.readSignature(followed)).toMatchObject({ candidateId: 'followed' });
  });

  it('takes in a network that is lent, and leaves out those with the smallest shares', async () => {
    const { networks, blend } = made.get('ring')!;
    const listed = (await packages.listNetworks(blend)).map(({ packageDirectory }) => packageDirectory);
    const all = [...listed, networks[2]!];
    const shares = [
      [0, 0.1, 0],
      [0, 0.3, 0],
      [0, 0.6, 0],
    ];
    const followed = await runtime.follow(await jobFor(blend, all, { lent: '8', shares, maxMembers: 2 }), signal);
    const blended = await packages.readBlend(followed);
    expect(blended!.members.map(({ candidateId, weight }) => [candidateId, weight.toFixed(3)])).toEqual([
      ['net-8', '0.667'],
      ['net-4', '0.333'],
    ]);
    await answersOf(followed, 'ring');
  });

  it('makes a blend of a single network and of one that is lent', async () => {
    const [base, , lent] = made.get('ring')!.networks;
    const followed = await runtime.follow(await jobFor(base!, [base!, lent!], { lent: '8' }), signal);
    expect(existsSync(join(followed, 'weights.bin'))).toBe(false);
    const [one, other, said] = await Promise.all([base!, lent!, followed].map((of) => answersOf(of, 'ring')));
    const mean = (p: number): number => shifts.reduce((sum, shift) => sum + moveOdds(p, shift) / 3, 0);
    for (const [row, answer] of said!.entries())
      expect(answer).toBeCloseTo((mean(one![row]!) + mean(other![row]!)) / 2, 6);
  });

  it('moves a single network, and a blend with a calibrator on top, as a whole', async () => {
    const { networks, blend } = made.get('ring')!;
    const calibrated = join(await temporaryDirectory(), 'calibrated');
    await runtime.follow(await jobFor(blend, [blend], { shares: [[0, 1, 0]], workDirectory: calibrated }), signal);
    const line = { kind: 'logistic', slope: 2, intercept: 0.5 } as const;
    await writePackageFile(join(calibrated, 'package'), calibrationFile, line);
    for (const base of [networks[0]!, join(calibrated, 'package')]) {
      const listed = await packages.listNetworks(base);
      expect(listed).toEqual([{ packageDirectory: base, weight: 1 }]);
      const followed = await runtime.follow(await jobFor(base, [base], { shares: [[0, 0, 1]] }), signal);
      const model = await loadModel(base);
      const table = sliceTable(generateRows('ring', 1_600).table, { from: 0, to: 40 });
      const before = Array.from((await model.predict(table)).values);
      model.dispose();
      const said = await answersOf(followed, 'ring');
      for (const [row, answer] of said.entries()) expect(answer).toBeCloseTo(moveOdds(before[row]!, 1), 6);
    }
  });

  it('moves the values of a regression by its mean move', async () => {
    const { networks, blend } = made.get('price')!;
    const listed = (await packages.listNetworks(blend)).map(({ packageDirectory }) => packageDirectory);
    const shares = [
      [0, 0.25, 0.25],
      [0.25, 0.25, 0],
    ];
    const followed = await runtime.follow(await jobFor(blend, listed, { shares, deviation: 10 }), signal);
    const [one, other] = await Promise.all(networks.slice(0, 2).map((of) => answersOf(of, 'price')));
    const said = await answersOf(followed, 'price');
    for (const [row, value] of said.entries()) {
      expect(value).toBeCloseTo((one![row]! + 5 + other![row]! - 5) / 2, 2);
    }
  });
});
