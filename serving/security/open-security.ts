import type { Logger } from 'winston';
import { openAuditLog } from '../../adapters/security/audit-log.ts';
import type { ServiceEnvironment } from '../../config/service-environment.ts';
import type { ClusterLink } from '../cluster/link.ts';
import { createAuthenticator, type Authenticator } from './authenticate.ts';
import { createHostCheck } from './check-host.ts';
import { defaultFailureRate, type GuardOptions } from './guard.ts';
import { openKeyRing, type KeyRing } from './key-ring.ts';
import { createRateLimiter, type Rate, type RateLimiter } from './rate-limiter.ts';
import { createSharedLimiter } from './shared-limiter.ts';
import { openTls, type Tls } from './tls.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** What protects one replica of the service. */
export interface Security {
  readonly guard: GuardOptions;
  readonly tls: Tls | null;
  /** Addresses whose `x-forwarded-for` is believed. */
  readonly trustedProxies: readonly string[];
  close(): Promise<void>;
}

export interface SecurityOptions {
  readonly environment: ServiceEnvironment;
  /** The home's folder `security`. */
  readonly directory: string;
  readonly host: string;
  readonly logger: Logger;
  /** How often files that may change are looked at. @default 500, certificates 5000 */
  readonly pollMs?: number;
  /** With several processes behind one port: limits hold for all of them together. @default there is one */
  readonly cluster?: ClusterLink | null;
}

/** Throws where the service would be open to more than this machine, and where a file that protects it is unusable. */
export async function openSecurity(options: SecurityOptions): Promise<Security> {
  const { environment, directory, host, logger, pollMs, cluster = null } = options;
  const { auth, jwt, rate, trustedProxies, allowedHosts } = environment;
  const poll = pollMs === undefined ? {} : { pollMs };
  // Internal callers show a key of the home also where others show tokens.
  const keys = auth.mode === 'none' ? null : await openKeyRing({ directory, logger, acceptsKeys: auth.keys, ...poll });
  const tokens = jwt === null ? null : createTokenVerifier(jwt);
  const authenticator = createAuthenticator({ mode: auth.mode, keys, tokens });
  refuseOpenDoor(authenticator, host);
  const tls = environment.tls === null ? null : await openTls(environment.tls, logger, pollMs);
  warnOfRisks({ environment, host, keys, logger });
  const audit = await openAuditLog(directory);
  return {
    guard: {
      authenticator,
      isForeignHost: createHostCheck(authenticator, allowedHosts),
      limiter: rate === null ? null : openLimiter('requests', rate, cluster),
      failures: openLimiter('failures', defaultFailureRate, cluster),
      audit,
      logger,
    },
    tls,
    trustedProxies,
    async close() {
      keys?.stop();
      tls?.stop();
      await audit.close();
    },
  };
}

function openLimiter(name: string, rate: Rate, cluster: ClusterLink | null): RateLimiter {
  if (cluster === null) return createRateLimiter(rate);
  return createSharedLimiter((caller) => cluster.drawTokens(name, rate, caller));
}

function refuseOpenDoor(authenticator: Authenticator, host: string): void {
  if (!authenticator.isOpen() || isLoopback(host)) return;
  throw new Error(
    `HOST is ${host}, where others than this machine could ask, and nobody would have to say who they are: make a key with ` +
      '`incumbent keys create`, or set INCUMBENT_AUTH=keys or INCUMBENT_AUTH=jwt, or bind to 127.0.0.1',
  );
}

function warnOfRisks({
  environment,
  host,
  keys,
  logger,
}: Omit<SecurityOptions, 'directory'> & { keys: KeyRing | null }): void {
  if (!isLoopback(host) && environment.tls === null) {
    logger.warn(
      `keys and data travel in the clear: set INCUMBENT_TLS_CERT and _KEY, or let a proxy with TLS stand before ${host}`,
    );
  }
  if (environment.auth.mode === 'required' && environment.auth.keys && keys?.hasKeys() === false) {
    logger.warn('there is no API key yet, so that nobody may ask: `incumbent keys create`');
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
