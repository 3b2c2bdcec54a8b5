import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { StoreLocation } from '../../config/store-location.ts';
import { freePort } from '../../client/start/ports.ts';
import { httpfsPath, s3ServerPath } from '../../scripts/setup/locate.mjs';

export interface S3Server {
  readonly location: StoreLocation;
  stop(): Promise<void>;
}

const keys = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1' };

/** A server in a process of its own that speaks S3, with one empty bucket. Whoever starts it stops it. */
export async function startS3Server(): Promise<S3Server> {
  const port = await freePort(0);
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(s3ServerPath(), ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const client = new AwsClient({ ...keys, service: 's3', retries: 0 });
  for (;;) {
    if (child.exitCode !== null) throw new Error('the S3 server ended');
    const made = await client.fetch(`${endpoint}/bucket`, { method: 'PUT' }).catch(() => null);
    if (made?.ok === true) break;
    await sleep(100);
  }
  return {
    location: { url: 's3://bucket/logs', endpoint, ...keys, sessionToken: null, extension: httpfsPath() },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
