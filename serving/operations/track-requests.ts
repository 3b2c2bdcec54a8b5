import type { FastifyInstance, FastifyReply, onRequestHookHandler } from 'fastify';
import type { Logger } from 'winston';
import { addFirst } from '../security/route-hooks.ts';
import { ServiceError, toErrorBody } from '../errors.ts';
import type { LoadGate } from './load-gate.ts';
import type { Metrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Turned away when the service is overloaded; what tells how it fares never is. */
    isLoad?: boolean;
  }
}

export interface TrackOptions {
  readonly gate: LoadGate;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Names become labels only where they are those of served models: a client must not be able to make up series. */
  readonly isServed: (model: string) => boolean;
}

/** Counts every request and how long it took; turns away those that would make all others late. */
export function trackRequests(app: FastifyInstance, options: TrackOptions): void {
  app.addHook('onRoute', (route) => {
    addFirst(route, 'onRequest', createTracker(route.url, route.config?.isLoad === true, options));
  });
}

/** One listener for all that is to be done at the end; `close` comes also where the client went away. */
function createTracker(route: string, isLoad: boolean, options: TrackOptions): onRequestHookHandler {
  const { gate, metrics, logger, isServed } = options;
  const isVerbose = logger.isDebugEnabled();
  return (request, reply, done) => {
    const turnedAway = isLoad ? gate.tryEnter() : null;
    if (turnedAway !== null) {
      metrics.requestShed(turnedAway);
      turnAway(reply, turnedAway);
      return;
    }
    const startedMs = performance.now();
    reply.raw.once('close', () => {
      if (isLoad) gate.leave();
      const tookMs = performance.now() - startedMs;
      const { name = '' } = request.params as { name?: string };
      const model = name === '' || isServed(name) ? name : 'unknown';
      metrics.requestEnded(route, model, reply.raw.statusCode, tookMs / 1_000);
      if (!isVerbose) return;
      const { id, method, caller } = request;
      const facts = { requestId: id, status: reply.raw.statusCode, tookMs, caller: caller?.id };
      logger.debug(`${method} ${route}`, model === '' ? facts : { ...facts, model });
    });
    done();
  };
}

const bodies = {
  full: JSON.stringify(
    toErrorBody(new ServiceError('overloaded', 'too many requests are at work: try again in a second')),
  ),
  late: JSON.stringify(toErrorBody(new ServiceError('overloaded', 'the service is late: try again in a second'))),
};

/** Made once: an overloaded service has no time for errors with stacks. */
function turnAway(reply: FastifyReply, reason: keyof typeof bodies): void {
  void reply
    .code(503)
    .header('retry-after', '1')
    .header('content-type', 'application/json; charset=utf-8')
    .send(bodies[reason]);
}
