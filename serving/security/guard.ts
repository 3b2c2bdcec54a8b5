import type { FastifyInstance, FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import type { Logger } from 'winston';
import type { AuditLog } from '../../adapters/security/audit-log.ts';
import { ServiceError } from '../errors.ts';
import { auditRoute } from './audit.ts';
import { refuseForeign, type IsForeignHost } from './check-host.ts';
import type { Authenticator } from './authenticate.ts';
import { mayUse, type Access, type Caller } from './caller.ts';
import { createRateLimiter, type Rate, type RateLimiter } from './rate-limiter.ts';
import { addFirst } from './route-hooks.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. Without it: `read` where it is asked for with GET, else `admin`. */
    access?: Access;
  }
  interface FastifyRequest {
    /** Null until it is known who asks. */
    caller: Caller | null;
  }
}

export interface GuardOptions {
  readonly authenticator: Authenticator;
  readonly isForeignHost: IsForeignHost;
  /** Null: as many requests as come. */
  readonly limiter: RateLimiter | null;
  /** Null: nobody asks. */
  readonly audit: AuditLog | null;
  readonly logger: Logger;
  /** Wrong keys from one address. @default 5 a second, 50 at once: enough for a client that was not told of a new key, too few to try any out */
  readonly failures?: RateLimiter;
}

export const defaultFailureRate: Rate = { perSecond: 5, burst: 50 };

/** Lets to every route those who may use it. Routes that are registered later are guarded, too. */
export function guardRoutes(app: FastifyInstance, options: GuardOptions): void {
  app.decorateRequest('caller', null);
  const failures = options.failures ?? createRateLimiter(defaultFailureRate);
  const refuseHost = refuseForeign(options.isForeignHost);
  app.addHook('onRoute', (route) => {
    const access = accessOf(route);
    if (access === 'public') return addFirst(route, 'onRequest', refuseHost);
    addFirst(route, 'onRequest', createEntrance(access, options, failures));
    addFirst(route, 'onRequest', refuseHost);
    if (options.audit !== null && access.every((scope) => scope === 'admin')) {
      auditRoute(route, options.audit, options.logger);
    }
  });
}

/** Who may use a route, also where it does not say. */
export function accessOf({ config, method }: Pick<RouteOptions, 'config' | 'method'>): Access {
  return config?.access ?? (method === 'GET' || method === 'HEAD' ? ['read'] : ['admin']);
}

/** Synchronous for keys: a promise per request costs more than all that is checked here. */
function createEntrance(access: Access, options: GuardOptions, failures: RateLimiter): onRequestHookHandler {
  const { authenticator, limiter } = options;
  return (request, _reply, done) => {
    const end = (refusal: unknown): void => done((refusal ?? undefined) as Error | undefined);
    const settle = (refusal: unknown): void => {
      if (refusal instanceof Promise) refusal.then(end, end);
      else end(refusal);
    };
    const admit = (caller: Caller): void => {
      request.caller = caller;
      settle(refusalOf(caller, request, access, limiter));
    };
    const refuse = (problem: unknown): void => settle(slowDown(problem, request, failures));
    let caller: Caller | Promise<Caller>;
    try {
      caller = authenticator.identify(request.headers, request.method);
    } catch (error) {
      refuse(error);
      return;
    }
    if (caller instanceof Promise) caller.then(admit, refuse);
    else admit(caller);
  };
}

function refusalOf(
  caller: Caller,
  request: FastifyRequest,
  access: Access,
  limiter: RateLimiter | null,
): ServiceError | null | Promise<ServiceError | null> {
  const judge = (waitMs: number): ServiceError | null =>
    waitMs > 0 ? tooMany(waitMs, 'you ask more often than you may') : refuseScope(caller, access);
  if (limiter === null || caller.kind === 'internal') return judge(0);
  const waitMs = limiter.take(caller.kind === 'anonymous' ? request.ip : `${caller.kind} ${caller.id}`);
  return waitMs instanceof Promise ? waitMs.then(judge) : judge(waitMs);
}

function refuseScope(caller: Caller, access: Access): ServiceError | null {
  if (mayUse(caller, access)) return null;
  const wanted = access === 'public' ? '' : access.join(' or ');
  return new ServiceError('forbidden', `${caller.name} may not do this: it takes the scope ${wanted}`);
}

function slowDown(problem: unknown, { ip }: FastifyRequest, failures: RateLimiter): unknown {
  if (!(problem instanceof ServiceError) || problem.code !== 'unauthenticated') return problem;
  const judge = (waitMs: number): ServiceError =>
    waitMs === 0 ? problem : tooMany(waitMs, 'too many wrong keys came from your address');
  const waitMs = failures.take(ip);
  return waitMs instanceof Promise ? waitMs.then(judge) : judge(waitMs);
}

function tooMany(waitMs: number, why: string): ServiceError {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1_000)));
  return new ServiceError('rate-exceeded', `${why}; try again in ${seconds} s`, {
    headers: { 'retry-after': seconds },
  });
}
