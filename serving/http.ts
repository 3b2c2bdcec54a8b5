import type { Server } from 'node:https';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Operations } from './operations/operations.ts';
import { registerOperationRoutes, type IsKnown } from './operations/routes.ts';
import { openapiOptions } from './openapi.ts';
import { registerRoutes } from './routes/register.ts';
import type { Dependencies } from './dependencies.ts';
import { answerQuickly, type Handler, type QuickOptions } from './quick/front.ts';
import { answerRefusals } from './refusals.ts';
import { readRequestId } from './request-id.ts';
import type { Authenticator } from './security/authenticate.ts';
import { guardRoutes } from './security/guard.ts';
import { createHeadersHook } from './security/headers.ts';
import type { Security } from './security/open-security.ts';

export interface HttpOptions {
  readonly bodyLimitBytes: number;
  /** Null: for tests, and for what is protected by other means. */
  readonly security: Pick<Security, 'guard' | 'tls' | 'trustedProxies'> | null;
  readonly operations: Operations;
  /** Null: requests leave no traces. */
  readonly trace: ((app: FastifyInstance) => void) | null;
}

/** A request must have come in whole by then: who sends a byte a minute holds no connection for ever. */
const requestTimeoutMs = 60_000;

/** The HTTP face: routes, OpenAPI, guards, and answers to errors that never show what is inside. */
export async function createHttp(deps: Dependencies, options: HttpOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  const { operations, security } = options;
  app.addHook('preClose', async () => operations.drain());
  app.addHook('onSend', createHeadersHook(Boolean(security?.tls), operations.isDraining));
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerRefusals(app, deps.logger);
  if (security !== null) guardRoutes(app, security.guard);
  options.trace?.(app);
  operations.track(app);
  await app.register(swagger, openapiOptions);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  registerOperationRoutes(typed, operations, createIsKnown(security?.guard.authenticator ?? null));
  registerRoutes(typed, deps);
  // Where every request is to be traced or told of, none goes past the hooks that do it.
  if (options.trace === null && !deps.logger.isDebugEnabled()) putInFront(app, { deps, operations, security });
  return app;
}

/** Who listened to the server before gets what is not answered in front. */
function putInFront(app: FastifyInstance, options: QuickOptions): void {
  const [handle] = app.server.listeners('request') as [Handler];
  app.server.off('request', handle);
  app.server.on('request', answerQuickly(options, handle));
}

function createIsKnown(authenticator: Authenticator | null): IsKnown {
  return async ({ headers, method }) => {
    if (authenticator === null || authenticator.isOpen()) return true;
    try {
      return Boolean(await authenticator.identify(headers, method));
    } catch {
      return false;
    }
  };
}

function createApp({ bodyLimitBytes, security }: HttpOptions): FastifyInstance {
  const tls = security?.tls ?? null;
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: requestTimeoutMs,
    genReqId: readRequestId,
    trustProxy: security === null || security.trustedProxies.length === 0 ? false : [...security.trustedProxies],
    ...(tls === null ? {} : { https: { ...tls.current(), minVersion: 'TLSv1.2' } }),
  }) as FastifyInstance;
  tls?.follow(app.server as unknown as Server);
  return app;
}
