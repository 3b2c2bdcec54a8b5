import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Calibrator } from '../../domain/calibration/calibrator.ts';
import { followedCandidateId } from '../../domain/following/proposal.ts';
import { syncDirectory } from '../files/durable.ts';
import { exportedFiles } from '../export/files.ts';
import type { Blend, BlendMember, Followed } from '../ports/model-packages.ts';
import type { FollowJob, Signature } from '../ports/model-runtime.ts';
import { manifestFile, manifestSignatureFile } from '../registry/manifest.ts';
import { addMember } from './blend.ts';
import { blendFile, followingFile } from './blend-file.ts';
import type { Golden } from './golden.ts';
import { calibrationFile, networkFiles, readCalibrator, readPackageFile, writePackageFile } from './model-package.ts';
import { answerGolden } from './renew-golden.ts';

/** What is true of one version only, or is made anew. All else that was found out about the champion is true of it with other shares. */
const ownFiles = [manifestFile, manifestSignatureFile, ...exportedFiles];
/** Less than this of the answer is left out. */
const leastShare = 0.002;

/** Makes a package of a version's own networks, and of those that are lent to it, with other shares; each is moved as its shares say. */
export async function followPackage(job: FollowJob): Promise<string> {
  const unfinished = join(job.workDirectory, 'package.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await cp(job.packageDirectory, unfinished, { recursive: true });
  for (const file of ownFiles) await rm(join(unfinished, file), { recursive: true, force: true });
  const parameters = job.networks.length === 1 ? await moveWhole(unfinished, job) : await shareAnew(unfinished, job);
  const { base, lent, shares } = job;
  await writePackageFile(unfinished, followingFile, { base, lent, shares } satisfies Followed);
  const known = await readPackageFile<Signature>(unfinished, 'signature.json');
  const candidateId = followedCandidateId;
  await writePackageFile(unfinished, 'signature.json', { ...known, candidateId, parameters } satisfies Signature);
  const { rows } = await readPackageFile<Golden>(unfinished, 'golden.json');
  await answerGolden(unfinished, rows);
  const packageDirectory = join(job.workDirectory, 'package');
  await rm(packageDirectory, { recursive: true, force: true });
  await rename(unfinished, packageDirectory);
  await syncDirectory(job.workDirectory);
  return packageDirectory;
}

/** A blend of the networks with the largest shares; the number of its parameters. */
async function shareAnew(directory: string, job: FollowJob): Promise<number> {
  for (const file of ['members', ...networkFiles]) await rm(join(directory, file), { recursive: true, force: true });
  const members: BlendMember[] = [];
  for (const { packageDirectory, shares, weight } of chooseNetworks(job)) {
    const member = await addMember(directory, `members/${members.length}`, { packageDirectory, weight });
    await moveNetwork(join(directory, member.directory), shares, job);
    members.push(member);
  }
  await writePackageFile(directory, blendFile, { members } satisfies Blend);
  return sum(members.map(({ parameters }) => parameters));
}

function chooseNetworks({ networks, shares, maxMembers }: FollowJob) {
  const byShare = networks
    .map((packageDirectory, at) => ({ packageDirectory, shares: shares[at] ?? [], weight: sum(shares[at] ?? []) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, Math.max(1, maxMembers))
    .filter(({ weight }, index) => index === 0 || weight >= leastShare);
  const total = sum(byShare.map(({ weight }) => weight));
  return byShare.map((network) => ({ ...network, weight: network.weight / total }));
}

async function moveWhole(directory: string, job: FollowJob): Promise<number> {
  await moveNetwork(directory, job.shares[0] ?? [], job);
  return (await readPackageFile<Signature>(directory, 'signature.json')).parameters;
}

/** On top of the calibrator that it has. */
async function moveNetwork(directory: string, shares: readonly number[], job: FollowJob): Promise<void> {
  if (job.shifts.length === 1) return;
  const first = await readCalibrator(directory);
  const moved = job.deviation === null ? mixMoves(shares, job, first) : moveValues(shares, job, job.deviation, first);
  await writePackageFile(directory, calibrationFile, moved);
}

function mixMoves(shares: readonly number[], { shifts }: FollowJob, first: Calibrator | null): Calibrator {
  const least = leastShare * sum(shares);
  const kept = shifts.flatMap((shift, at) => ((shares[at] ?? 0) < least ? [] : [{ shift, share: shares[at]! }]));
  const total = sum(kept.map(({ share }) => share));
  const weights = kept.map(({ share }) => share / total);
  return { kind: 'shifts', shifts: kept.map(({ shift }) => shift), weights, first };
}

/** The mean of moved values is the value moved by the mean. */
function moveValues(
  shares: readonly number[],
  { shifts }: FollowJob,
  deviation: number,
  first: Calibrator | null,
): Calibrator {
  const move = (deviation * sum(shares.map((share, at) => share * shifts[at]!))) / sum(shares);
  const line = first?.kind === 'line' ? first : { slope: 1, intercept: 0 };
  return { kind: 'line', slope: line.slope, intercept: line.intercept + move };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
