import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMlflowClient } from 'mlflow-js-client';
import { startClock, type Took } from '../clock.ts';
import { median } from '../report.ts';
import { run } from '../run.ts';
import type { Task } from '../task.ts';

const artifactBytes = 100_000_000;
const rounds = 5;

/** 100 MB to the server or from it (`upload`, `download`), by the client and by curl in turn; medians, and of curl the time that it says itself. */
export const mlflowArtifact: Task = async (url = '', direction = '', artifactUri = '') => {
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  const [source, target] = [join(directory, 'source.bin'), join(directory, 'target.bin')];
  await writeFile(source, randomBytes(artifactBytes));
  const { artifacts } = createMlflowClient({ trackingUri: url });
  const uri = `${artifactUri}/${direction}.bin`;
  const address = `${url}/api/2.0/mlflow-artifacts/artifacts/${uri.replace(/^mlflow-artifacts:\/+/, '')}`;
  const isUpload = direction === 'upload';
  const own = () => (isUpload ? artifacts.upload(uri, { file: source }) : artifacts.download(uri, target));
  const curlArguments = isUpload ? ['-T', source, '-o', '/dev/null'] : ['-o', target];
  if (!isUpload) await artifacts.upload(uri, { file: source });
  const [ownTook, curlTook]: [Took[], number[]] = [[], []];
  // The first round opens connections, and does not count. Each download makes a new file: to replace one costs the file system extra.
  for (let round = 0; round <= rounds; round += 1) {
    const stop = startClock();
    await own();
    const took = stop();
    await rm(target, { force: true });
    const curlSeconds = await curl([...curlArguments, address]);
    await rm(target, { force: true });
    if (round === 0) continue;
    ownTook.push(took);
    curlTook.push(curlSeconds);
  }
  await rm(directory, { recursive: true, force: true });
  const cpuSeconds = median(ownTook.map((took) => took.cpuSeconds));
  return {
    seconds: median(ownTook.map(({ seconds }) => seconds)),
    cpuSeconds,
    peer: { seconds: median(curlTook) },
  };
};

/** Without waiting for `100 Continue`, and without the start of the process. */
async function curl(args: readonly string[]): Promise<number> {
  return Number(await run('curl', ['-sS', '--fail', '-H', 'Expect:', '-w', '%{time_total}', ...args]));
}
