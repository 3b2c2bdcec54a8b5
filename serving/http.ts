import type { Server } from 'node:https';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { registerRoutes } from './routes/register.ts';
import type { Dependencies } from './dependencies.ts';
import { answerRefusals } from './refusals.ts';
import { readRequestId } from './request-id.ts';
import { guardRoutes } from './security/guard.ts';
import { createHeadersHook } from './security/headers.ts';
import type { Security } from './security/open-security.ts';

export interface HttpOptions {
  readonly bodyLimitBytes: number;
  /** Null: for tests, and for what is protected by other means. */
  readonly security: Pick<Security, 'guard' | 'tls' | 'trustedProxies'> | null;
}

/** A request must have come in whole by then: who sends a byte a minute holds no connection for ever. */
const requestTimeoutMs = 60_000;

/** The HTTP face: routes, OpenAPI, guards, and answers to errors that never show what is inside. */
export async function createHttp(deps: Dependencies, options: HttpOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  let isClosing = false;
  app.addHook('preClose', async () => void (isClosing = true));
  app.addHook(
    'onSend',
    createHeadersHook(Boolean(options.security?.tls), () => isClosing),
  );
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerRefusals(app, deps.logger);
  if (options.security !== null) guardRoutes(app, options.security.guard);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Incumbent prediction service', version: '1' } },
    transform: jsonSchemaTransform,
  });
  registerRoutes(app.withTypeProvider<ZodTypeProvider>(), deps);
  return app;
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
