import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the native library of a process that trains is set. */
export interface TensorflowSettings {
  readonly environment: Readonly<Record<string, string>>;
  /** For the log: what was chosen and why. */
  readonly description: string;
}

/** One thread a process: candidates share the cores, and sums are taken in one order, so that equal jobs give equal bits. */
export const plainEnvironment: Readonly<Record<string, string>> = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_ENABLE_ONEDNN_OPTS: '0',
  TF_CPP_MIN_LOG_LEVEL: '2',
};

/** oneDNN must be this much faster, as it sums in another order than the plain kernels. */
const worthwhile = 1.1;

/** Raise when another network or another way of measuring decides, so that every machine measures anew. */
const recipe = 2;

const childModule = fileURLToPath(new URL('measure-settings.ts', import.meta.url));

interface Measured {
  readonly plainSeconds: number;
  readonly onednnSeconds: number;
}

/** Shared by those who ask while it is measured. */
let chosen: Promise<TensorflowSettings> | undefined;

/** This machine's settings. */
export function tensorflowSettings(): Promise<TensorflowSettings> {
  chosen ??= chooseTensorflowSettings();
  return chosen;
}

/** How one process measures itself with this environment; seconds. */
type Measure = (environment: Readonly<Record<string, string>>) => Promise<number>;

/**
 * Whether oneDNN pays on this machine for networks that TensorFlow trains, by measurement: of a small convolutional network, once a machine; then
 * found in the cache. Dense and recurrent networks on the tape take the same time with it and without, so that one answer does for all.
 */
export async function chooseTensorflowSettings(
  directory = cacheDirectory(),
  measure: Measure = measureInChild,
): Promise<TensorflowSettings> {
  const path = join(directory, `${machineKey()}.json`);
  return describe((await readMeasured(path)) ?? (await measureAndKeep(directory, path, measure)));
}

function describe({ plainSeconds, onednnSeconds }: Measured): TensorflowSettings {
  const times = plainSeconds / onednnSeconds;
  const on = times >= worthwhile;
  return {
    environment: { ...plainEnvironment, TF_ENABLE_ONEDNN_OPTS: on ? '1' : '0' },
    description: `oneDNN ${on ? 'on' : 'off'} (a small convolutional network trains ${times.toFixed(2)} times as fast with it), 1 thread a process`,
  };
}

function cacheDirectory(): string {
  const root =
    process.env['INCUMBENT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'incumbent');
  return join(root, 'tensorflow-settings');
}

/** Measured anew where the processor changes under the same name, as it does for a container. */
function machineKey(): string {
  const identity = [recipe, hostname(), cpus()[0]?.model, availableParallelism(), process.version];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}

async function readMeasured(path: string): Promise<Measured | null> {
  try {
    const { plainSeconds, onednnSeconds } = JSON.parse(await readFile(path, 'utf8')) as Measured;
    return plainSeconds > 0 && onednnSeconds > 0 ? { plainSeconds, onednnSeconds } : null;
  } catch {
    // None yet, or torn: it is measured again.
    return null;
  }
}

async function measureAndKeep(directory: string, path: string, measure: Measure): Promise<Measured> {
  // In turn and twice, so that what else the machine does falls on both.
  const best = { plain: Number.POSITIVE_INFINITY, onednn: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 2; round += 1) {
    best.plain = Math.min(best.plain, await measure(plainEnvironment));
    best.onednn = Math.min(best.onednn, await measure({ ...plainEnvironment, TF_ENABLE_ONEDNN_OPTS: '1' }));
  }
  const measured = { plainSeconds: best.plain, onednnSeconds: best.onednn };
  await mkdir(directory, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(measured));
  await rename(unfinished, path);
  return measured;
}

function measureInChild(environment: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(childModule, [], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, ...environment },
    });
    let seconds: number | null = null;
    child.once('message', (message) => (seconds = Number(message)));
    child.once('error', reject);
    child.once('close', (code) =>
      seconds === null
        ? reject(new Error(`TensorFlow's settings could not be measured (exit code ${code})`))
        : resolve(seconds),
    );
  });
}
