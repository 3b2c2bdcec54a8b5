import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lossesOf } from '../../domain/calibration/loss.ts';
import { inNats, weighMembers } from '../../domain/blend/weigh.ts';
import { sliceTable } from '../../domain/snapshot/tables.ts';
import type { RowRange } from '../../domain/table.ts';
import { taskOf } from '../../domain/task.ts';
import { syncDirectory } from '../files/durable.ts';
import type { BlendJob, Signature, TrainedCandidate } from '../ports/model-runtime.ts';
import type { LabelledColumns, Snapshot } from '../ports/store.ts';
import type { Blend, BlendMember } from '../ports/model-packages.ts';
import { blendFile, hashWeights, readBlend } from './blend-file.ts';
import { pickGoldenRows } from './golden.ts';
import { loadAnswerer } from './load-network.ts';
import { completingFiles, readPackageFile, writePackageFile } from './model-package.ts';
import type { SnapshotRows } from './protocol.ts';
import { answerGoldenAnd } from './renew-golden.ts';

interface Member {
  readonly packageDirectory: string;
  readonly weight: number;
}

/** Makes one package of several networks, which answers with their weighted mean. Null where no network could be weighed. */
export async function blend(job: BlendJob, rows: SnapshotRows): Promise<TrainedCandidate | null> {
  const startedMs = performance.now();
  const { snapshot, range, parts } = job;
  const exam = await readExam(rows, snapshot, range);
  const members = parts.kind === 'given' ? parts.members : await weigh(job, parts, exam);
  if (members.length === 0) return null;
  const { packageDirectory, validationLoss } = await assemble(job, members, exam.part);
  const { parameters } = await readPackageFile<Signature>(packageDirectory, 'signature.json');
  return {
    candidateId: job.candidateId,
    packageDirectory,
    parameters,
    epochs: 0,
    bestEpoch: 0,
    trainSeconds: (performance.now() - startedMs) / 1_000,
    beganAtMs: null,
    checkpoint: null,
    validationLoss,
    weightsSha256: await hashWeights(packageDirectory),
  };
}

/** The keys of what is newer tell which of these rows an earlier version has learned from. */
async function readExam(rows: SnapshotRows, snapshot: Snapshot, { from, to }: RowRange): Promise<Exam> {
  const { table, labels, keys } = await rows.readSnapshot(snapshot, { from, to: snapshot.rowCount });
  const part = { from: 0, to: to - from };
  return { part: { table: sliceTable(table, part), labels: labels.subarray(part.from, part.to) }, keys };
}

interface Exam {
  readonly part: LabelledColumns;
  /** Of the part, and of all that is newer. */
  readonly keys: readonly string[];
}

async function weigh(
  { snapshot }: BlendJob,
  { packages, maxMembers }: Extract<BlendJob['parts'], { kind: 'weigh' }>,
  exam: Exam,
): Promise<readonly Member[]> {
  const singles = await listSingles(packages, snapshot);
  const losses: Float64Array[] = [];
  for (const directory of singles) losses.push(await lossesOnUnseen(directory, snapshot, exam));
  const shares = weighMembers(inNats(taskOf(snapshot.schema), losses), maxMembers);
  return shares.map(({ member, weight }) => ({ packageDirectory: singles[member]!, weight }));
}

/** Every network once, as far as it takes these features and knows these classes. */
async function listSingles(packages: readonly string[], snapshot: Snapshot): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const directory of packages) {
    const blended = await readBlend(directory);
    const singles = blended?.members.map((member) => join(directory, member.directory)) ?? [directory];
    for (const single of singles) {
      const signature = await readPackageFile<Signature>(single, 'signature.json');
      if (!fits(signature, snapshot)) continue;
      const key = await hashWeights(single);
      if (!found.has(key)) found.set(key, single);
    }
  }
  return [...found.values()];
}

function fits({ schema }: Signature, snapshot: Snapshot): boolean {
  const { features, classes } = snapshot.schema;
  const types = new Map(features.map(({ name, type }) => [name, type]));
  const isKnown = schema.features.every(({ name, type }) => types.get(name) === type);
  return (
    isKnown && schema.classes.length === classes.length && schema.classes.every((name, at) => name === classes[at])
  );
}

/** A network of this snapshot has learned from none of these rows; an earlier one from all up to its own snapshot's newest. */
async function lossesOnUnseen(
  packageDirectory: string,
  snapshot: Snapshot,
  { part, keys }: Exam,
): Promise<Float64Array> {
  const { snapshotId, lastKey } = await readPackageFile<Signature>(packageDirectory, 'signature.json');
  const unseenFrom = snapshotId === snapshot.id ? 0 : keys.lastIndexOf(lastKey) + 1;
  const network = await loadAnswerer(packageDirectory);
  try {
    const losses = lossesOf(taskOf(snapshot.schema), part.labels, await network.predict(part.table));
    return losses.subarray(Math.min(unseenFrom, losses.length));
  } finally {
    network.dispose();
  }
}

async function assemble(
  { candidateId, snapshot, workDirectory }: BlendJob,
  members: readonly Member[],
  part: LabelledColumns,
): Promise<{ readonly packageDirectory: string; readonly validationLoss: number }> {
  const unfinished = join(workDirectory, 'package.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const described: BlendMember[] = [];
  for (const [index, member] of members.entries()) {
    described.push(await addMember(unfinished, `members/${index}`, member));
  }
  await writePackageFile(unfinished, blendFile, { members: described } satisfies Blend);
  const { id: snapshotId, schema, lastKey } = snapshot;
  const parameters = described.reduce((sum, one) => sum + one.parameters, 0);
  const signature: Signature = { task: taskOf(schema), schema, snapshotId, lastKey, candidateId, parameters };
  await writePackageFile(unfinished, 'signature.json', signature);
  const validationLoss = await answerGoldenAnd(unfinished, pickGoldenRows(schema, part.table), async ({ predict }) => {
    const losses = lossesOf(taskOf(schema), part.labels, await predict(part.table));
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  });
  const packageDirectory = join(workDirectory, 'package');
  await rm(packageDirectory, { recursive: true, force: true });
  await rename(unfinished, packageDirectory);
  await syncDirectory(workDirectory);
  return { packageDirectory, validationLoss };
}

/** Copies a network's package into a blend's. */
export async function addMember(
  blendDirectory: string,
  directory: string,
  { packageDirectory, weight }: Member,
): Promise<BlendMember> {
  const to = join(blendDirectory, directory);
  const left = new Set(completingFiles.map((file) => join(packageDirectory, file)));
  await cp(packageDirectory, to, { recursive: true, filter: (path) => !left.has(path) });
  const { candidateId, snapshotId, parameters } = await readPackageFile<Signature>(to, 'signature.json');
  return { directory, weight, candidateId, snapshotId, parameters, weightsSha256: await hashWeights(to) };
}
