import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exportFile } from '../../adapters/export/files.ts';
import { describeFiles } from '../../adapters/packages/describe-files.ts';
import type { Registry } from '../../adapters/ports/registry.ts';
import { verifyPackage } from '../../adapters/registry/seal.ts';
import { readReaderTrust } from '../../adapters/registry/trust.ts';
import { readEnvironment } from '../../config/environment.ts';
import { openHomeRegistry } from '../home-registry.ts';

export interface ExportRequest {
  readonly model: string;
  /** A number, or an alias. */
  readonly wanted: string;
  readonly directory: string;
  readonly home: string;
}

/** Copies the package of a version into a new folder, checked against its seal; what is in it, for people. */
export async function exportVersion({ model, wanted, directory, home }: ExportRequest): Promise<string> {
  const trust = await readReaderTrust(readEnvironment());
  const registry = await openHomeRegistry(home, trust);
  const version = await findVersion(registry, model, wanted);
  const { manifestSha256 } = await registry.getVersion(model, version);
  const from = await registry.fetchPackage(model, version);
  await makeEmpty(directory);
  await cp(from, directory, { recursive: true });
  await verifyPackage(directory, { model, version, manifestSha256 }, trust);
  return await describeExport(directory, `${model} version ${version}`);
}

async function findVersion(registry: Registry, model: string, wanted: string): Promise<string> {
  if (/^\d+$/.test(wanted)) return wanted;
  const aliases = await registry.getAliases(model);
  const versions = new Map<string, string | null>(Object.entries(aliases));
  const version = versions.get(wanted);
  if (version != null) return version;
  const known = (await registry.listVersions(model)).map((one) => one.version);
  const there = known.length === 0 ? `there is no model ${model} here` : `its versions are ${known.join(', ')}`;
  const what = version === null ? `${model} has no ${wanted}` : `"${wanted}" is neither a version nor an alias`;
  throw new Error(`${what}; ${there}`);
}

async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length === 0) return;
  throw new Error(`${directory} is not empty, and nothing is overwritten: name another folder`);
}

const exportSchema = z.object({ notice: z.string().nullable() });

/** Why Python can't load it; null where it can. */
async function readNotice(directory: string): Promise<string | null> {
  const path = join(directory, exportFile);
  if (!existsSync(path)) return 'it was registered without an export, by an older release';
  return exportSchema.parse(JSON.parse(await readFile(path, 'utf8'))).notice;
}

async function describeExport(directory: string, name: string): Promise<string> {
  const files = await describeFiles(directory);
  const width = Math.max(...files.map((file) => file.name.length));
  const notice = await readNotice(directory);
  const python =
    notice === null
      ? ['From Python:', `  import mlflow`, `  mlflow.pyfunc.load_model(${JSON.stringify(directory)}).predict(frame)`]
      : [`Not from Python: ${notice}`];
  return [
    `${name} in ${directory}:`,
    ...files.map((file) => `  ${file.name.padEnd(width)}  ${file.what}`.trimEnd()),
    ...python,
  ].join('\n');
}
