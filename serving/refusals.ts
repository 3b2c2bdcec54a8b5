import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'winston';
import { ServiceError, toErrorBody } from './errors.ts';

/** Answers to whatever goes wrong, in the service's own words, that never show what is inside. */
export function answerRefusals(app: FastifyInstance, logger: Logger): void {
  const allowedAt = collectRoutes(app);
  const answerUnknown = async ({ id, method, url }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = pathOf(url);
    const allowed = allowedAt(path);
    const there = allowed.length > 0 ? `${path} takes ${allowed.join(', ')}` : '/openapi.json lists what there is';
    const code = allowed.length > 0 ? 'method-unknown' : 'route-unknown';
    const refusal = new ServiceError(code, `there is no ${method} ${path.slice(0, 200)}; ${there}`);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    return await reply.code(refusal.statusCode).header('x-request-id', id).send(toErrorBody(refusal));
  };
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    // That a body can't be read says nothing where nobody would have read it.
    if (request.is404) return await answerUnknown(request, reply);
    const refusal = toRefusal(error);
    logRefusal(logger, refusal, error, { request: `${request.method} ${pathOf(request.url)}`, requestId: request.id });
    if (refusal.statusCode === 503) void reply.header('retry-after', '1');
    const headers = { 'x-request-id': request.id, ...refusal.headers };
    return await reply.code(refusal.statusCode).headers(headers).send(toErrorBody(refusal));
  });
  app.setNotFoundHandler(answerUnknown);
}

/** What stands behind the question mark may be anything, also a secret by mistake. */
function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path.slice(0, 300);
}

/** Finds the methods that a path knows. */
function collectRoutes(app: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)));
    routes.push({ pattern: new RegExp(`^${parts.join('/')}$`), methods: [method].flat() });
  });
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
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

interface RefusedRequest {
  readonly request: string;
  readonly requestId: string;
}

function logRefusal(
  logger: Logger,
  refusal: ServiceError,
  error: unknown,
  { request, requestId }: RefusedRequest,
): void {
  const facts = { requestId, status: refusal.statusCode, code: refusal.code };
  if (refusal.statusCode < 500) logger.debug(`${request} was refused: ${refusal.message}`, facts);
  else if (refusal.code === 'no-champion') logger.warn(`${request}: ${refusal.message}`, facts);
  else logger.error(`${request} failed: ${refusal.message}`, { ...facts, error });
}
