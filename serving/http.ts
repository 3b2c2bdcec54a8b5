import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'winston';
import { registerRoutes } from './routes/register.ts';
import type { Dependencies } from './dependencies.ts';
import { ServiceError, toErrorBody } from './errors.ts';

export interface HttpOptions {
  readonly bodyLimitBytes: number;
}

/** The HTTP face: routes, OpenAPI, and answers to errors that never show what is inside. */
export async function createHttp(deps: Dependencies, { bodyLimitBytes }: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  let isClosing = false;
  app.addHook('preClose', async () => void (isClosing = true));
  // A connection that is kept alive would keep the process alive, too.
  app.addHook('onSend', async (_request, reply) => void (isClosing && reply.header('connection', 'close')));
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const refusal = toRefusal(error);
    logRefusal(deps.logger, refusal, error, `${request.method} ${request.url}`);
    if (refusal.statusCode === 503) void reply.header('retry-after', '1');
    return await reply.code(refusal.statusCode).send(toErrorBody(refusal));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const message = `there is no ${request.method} ${request.url.slice(0, 200)}; /openapi.json lists what there is`;
    return await reply.code(404).send(toErrorBody(new ServiceError('route-unknown', message)));
  });
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Incumbent prediction service', version: '1' } },
    transform: jsonSchemaTransform,
  });
  registerRoutes(app.withTypeProvider<ZodTypeProvider>(), deps);
  return app;
}

function toRefusal(error: FastifyError): ServiceError {
  if (error instanceof ServiceError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return toInvalidRequest(error.validation[0]);
  const status = error.statusCode ?? 500;
  if (status >= 500) return new ServiceError('internal', 'something failed inside the service; its log says what');
  if (status === 415)
    return new ServiceError('media-type-unsupported', 'send JSON, with content-type: application/json');
  return new ServiceError(status === 413 ? 'body-too-large' : 'request-invalid', error.message);
}

function toInvalidRequest(problem: { instancePath: string; message?: string | undefined } | undefined): ServiceError {
  const path = (problem?.instancePath ?? '').split('/').filter((part) => part !== '');
  const field = path
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
  const what = problem?.message ?? 'is invalid';
  return new ServiceError('request-invalid', `${field === '' ? 'the body' : field}: ${what}`, { field });
}

function logRefusal(logger: Logger, refusal: ServiceError, error: unknown, request: string): void {
  if (refusal.statusCode < 500) logger.debug(`${request} was refused: ${refusal.message}`);
  else if (refusal.code === 'no-champion') logger.warn(`${request}: ${refusal.message}`);
  else logger.error(`${request} failed: ${refusal.message}`, { error });
}
