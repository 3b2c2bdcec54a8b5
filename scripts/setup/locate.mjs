import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { httpfsPins, mlflowPins, s3ServerPins, temporalPins, tensorflowPins, testServerPins } from './pins.mjs';
import { detectPlatform } from './platform.mjs';

/** The oldest `temporal` on the PATH that is used in place of the pinned one. */
export const oldestTemporal = '1.4.0';
/** The oldest `mlflow` on the PATH that is used in place of the pinned one. */
export const oldestMlflow = '3.17.0';

/** The directory that set-up fills and all checkouts share. */
export function cacheDirectory() {
  const own = process.env['INCUMBENT_CACHE'];
  if (own) return resolve(own);
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'incumbent');
}

/**
 * The cache entry of one part; it exists only when it is whole.
 * @param {'tensorflow' | 'temporal' | 'temporal-test-server'} part
 */
export function cacheEntry(part) {
  const pins = { tensorflow: tensorflowPins, temporal: temporalPins, 'temporal-test-server': testServerPins }[part];
  const platform = detectPlatform();
  return join(cacheDirectory(), part, `${pins[platform].version}-${platform}`);
}

/** The `temporal` command: INCUMBENT_TEMPORAL_CLI, one on the PATH that is new enough, or the pinned one. */
export function temporalCliPath() {
  return (
    fromEnvironment('INCUMBENT_TEMPORAL_CLI') ??
    findRecentTemporal() ??
    fromCache('temporal', 'The Temporal command line')
  );
}

/** The time-skipping test server: INCUMBENT_TEMPORAL_TEST_SERVER, one on the PATH, or the pinned one. */
export function temporalTestServerPath() {
  return (
    fromEnvironment('INCUMBENT_TEMPORAL_TEST_SERVER') ??
    findOnPath('temporal-test-server') ??
    fromCache('temporal-test-server', 'The Temporal test server')
  );
}

/** Where a pinned MLflow is: an environment of its own, named by all that is installed into it. */
export function mlflowEnvironment({ version, requirements } = mlflowPins) {
  const hash = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 8);
  return join(cacheDirectory(), 'mlflow', `${version}-${hash}-${detectPlatform()}`);
}

/** The `mlflow` command: INCUMBENT_MLFLOW, one on the PATH that is new enough, or the pinned one. */
export function mlflowPath() {
  return fromEnvironment('INCUMBENT_MLFLOW') ?? findRecentMlflow() ?? pinnedMlflow();
}

function pinnedMlflow() {
  const bin = join(mlflowEnvironment(), 'bin');
  const path = join(bin, 'mlflow');
  if (isExecutable(path) && isExecutable(join(bin, 'python3'))) return path; // Python's link dangles after an upgrade
  throw new Error(`MLflow is not installed (looked for ${path}). Run \`npm run setup -- --with mlflow\`.`);
}

/** The cache entry of DuckDB's extension for S3. */
export function httpfsEntry() {
  const platform = detectPlatform();
  return join(cacheDirectory(), 'duckdb-httpfs', `${httpfsPins[platform].version}-${platform}`);
}

/** DuckDB's extension for S3: INCUMBENT_DUCKDB_HTTPFS, or the pinned one, which may not be there. */
export function httpfsPath() {
  return process.env['INCUMBENT_DUCKDB_HTTPFS'] || join(httpfsEntry(), 'httpfs.duckdb_extension');
}

/** The cache entry of the server that tests speak S3 with. */
export function s3ServerEntry() {
  return join(cacheDirectory(), 's3-server', `${s3ServerPins.version}-${detectPlatform()}`);
}

export function s3ServerPath() {
  return join(s3ServerEntry(), 'bin', 'moto_server');
}

/** The directory with TensorFlow's `lib` and `include`: INCUMBENT_TENSORFLOW_DIR, or the pinned one. */
export function tensorflowDirectory() {
  const own = process.env['INCUMBENT_TENSORFLOW_DIR'];
  return own ? resolve(own) : cacheEntry('tensorflow');
}

/**
 * An executable of this name on the PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findOnPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * Asks a `temporal` command for its version.
 * @param {string} executable
 * @returns {string | undefined}
 */
export function readTemporalVersion(executable) {
  const answer = spawnSync(executable, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /version v?(\d+\.\d+\.\d+)/.exec(answer.stdout ?? '')?.[1];
}

function findRecentTemporal() {
  const found = findOnPath('temporal');
  const version = found && readTemporalVersion(found);
  return version && compareVersions(version, oldestTemporal) >= 0 ? found : undefined;
}

function findRecentMlflow() {
  const found = findOnPath('mlflow');
  const version = found && readMlflowVersion(found);
  return version && compareVersions(version, oldestMlflow) >= 0 ? found : undefined;
}

/**
 * Asks an `mlflow` command for its version; it takes a second to answer.
 * @param {string} executable
 * @returns {string | undefined}
 */
export function readMlflowVersion(executable) {
  const answer = spawnSync(executable, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  return /version (\d+\.\d+\.\d+)/.exec(answer.stdout ?? '')?.[1];
}

/** @param {string} name */
function fromEnvironment(name) {
  const path = process.env[name];
  if (!path) return undefined;
  if (isExecutable(path)) return resolve(path);
  throw new Error(`${name} is ${path}, which is not an executable file. Correct it or unset it.`);
}

/**
 * @param {'temporal' | 'temporal-test-server'} part
 * @param {string} what
 */
function fromCache(part, what) {
  const path = join(cacheEntry(part), part);
  if (existsSync(path)) return path;
  throw new Error(`${what} is not installed (looked for ${path}). Run \`npm run setup\`.`);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Orders two versions of numbers and dots: negative when the first is older.
 * @param {string} first
 * @param {string} second
 */
export function compareVersions(first, second) {
  const [a, b] = [first, second].map((version) => version.split('.').map(Number));
  const differences = (a ?? []).map((part, index) => part - (b?.[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
