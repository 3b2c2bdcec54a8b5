import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { openKeyFile } from '../../../adapters/security/key-file.ts';
import type { Scope } from '../../../config/scopes.ts';
import { readServiceEnvironment } from '../../../config/service-environment.ts';
import { openSecurity, type Security } from '../../../serving/security/open-security.ts';
import { createRateLimiter, type Rate } from '../../../serving/security/rate-limiter.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { quietLogger, startRig, type Behaviour, type Rig } from './support.ts';

export interface SecuredRig extends Rig {
  readonly security: Security;
  /** The home's folder `security`. */
  readonly directory: string;
}

/** A service that is protected as its environment says. */
export async function startSecured(
  environment: Readonly<Record<string, string>> = {},
  given: { readonly directory?: string; readonly behaviours?: readonly Behaviour[]; readonly failureRate?: Rate } = {},
): Promise<SecuredRig> {
  const directory = given.directory ?? join(await temporaryFolder(), 'security');
  const settings = readServiceEnvironment(environment);
  const security = await openSecurity({
    environment: settings,
    directory,
    host: '127.0.0.1',
    logger: quietLogger(),
    pollMs: 5,
  });
  onTestFinished(() => security.close());
  const rig = await startRig(given.behaviours ?? [{}, { goldenDifference: 1e-7 }], {
    security: {
      ...security,
      guard: { ...security.guard, ...(given.failureRate && { failures: createRateLimiter(given.failureRate) }) },
    },
    bodyLimitBytes: settings.bodyLimitBytes,
  });
  return { ...rig, security, directory };
}

/** A new key with these scopes. */
export async function makeKey(directory: string, scopes: readonly Scope[], expiresAtMs: number | null = null) {
  return await openKeyFile(directory).create({ name: scopes.join(' '), scopes, expiresAtMs, by: 'a test' });
}

export async function ask(
  { service }: Pick<Rig, 'service'>,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  payload?: object,
) {
  const method = payload === undefined ? 'GET' : 'POST';
  const response = await service.app.inject({ method, url, headers, ...(payload && { payload }) });
  const body = response.json<{ error?: { code: string; message: string } }>();
  return { status: response.statusCode, code: body.error?.code, headers: response.headers, body };
}

export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** Asks again and again until the answer has this status: what a service hears from a file it hears a moment later. */
export async function untilStatus(status: number, question: () => Promise<{ status: number }>): Promise<void> {
  while ((await question()).status !== status) await sleep(2);
}

export async function readAudit(directory: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(join(directory, 'audit.ndjson'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
