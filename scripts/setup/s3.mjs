import { existsSync, realpathSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { httpfsEntry, httpfsPath, s3ServerEntry, s3ServerPath } from './locate.mjs';
import { makeEnvironment, moveEnvironment } from './mlflow.mjs';
import { httpfsPins, s3ServerPins } from './pins.mjs';
import { detectPlatform } from './platform.mjs';
import { checkFreeSpace, publish, withScratch } from './publish.mjs';
import { unzip } from './unzip.mjs';
import { downloadWheel } from './wheel.mjs';

const extension = 'DuckDB httpfs';
const server = 'S3 server for tests';

/** Whether DuckDB's extension for S3 is there. */
export function hasHttpfs() {
  return existsSync(httpfsPath());
}

/**
 * Puts DuckDB's signed extension for S3 into the cache.
 * @param {import('./tensorflow.mjs').Provision} provision
 */
export async function provideHttpfs({ python, report }) {
  const pin = httpfsPins[detectPlatform()];
  const found = await python();
  if (!found) {
    throw new SetupError(
      'DuckDB’s extension httpfs comes as a Python package, and no Python 3 was found on the PATH.',
      'Install Python 3 with pip, or set INCUMBENT_DUCKDB_HTTPFS to an extension that you have.',
    );
  }
  report.step(extension, `downloading ${pin.version}`);
  await withScratch(async (scratch) => {
    const onProgress = () => undefined;
    const wheel = await downloadWheel(pin, { python: found, folder: scratch, onProgress });
    const target = join(scratch, 'httpfs.duckdb_extension');
    const written = await unzip(wheel, (name) => (name.endsWith('/httpfs.duckdb_extension') ? target : undefined));
    if (written !== 1) throw new Error(`${wheel} has no httpfs.duckdb_extension in it.`);
    await publish(httpfsEntry(), async (folder) => renameSync(target, join(folder, 'httpfs.duckdb_extension')));
  });
  report.finish(extension, `${pin.version} in ${httpfsEntry()}`);
}

/** Whether the server that tests speak S3 with is there. */
export function hasS3Server() {
  return existsSync(s3ServerPath());
}

/**
 * Installs a server that speaks S3 (moto) into a Python environment of its own in the cache.
 * @param {import('./tensorflow.mjs').Provision} provision
 */
export async function provideS3Server({ python, report }) {
  const found = await python();
  if (!found) throw new SetupError('The S3 server of the tests is a Python program.', 'Install Python 3.10 or newer.');
  checkFreeSpace(4e8);
  report.step(server, `installing moto ${s3ServerPins.version}`);
  await publish(s3ServerEntry(), async (scratch) => {
    const folder = realpathSync(scratch);
    await makeEnvironment(found, folder, s3ServerPins);
    moveEnvironment(folder, s3ServerEntry());
  });
  report.finish(server, `moto ${s3ServerPins.version} in ${s3ServerEntry()}`);
}
