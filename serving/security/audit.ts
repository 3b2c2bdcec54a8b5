import type { FastifyRequest, onResponseAsyncHookHandler, preHandlerAsyncHookHandler, RouteOptions } from 'fastify';
import type { Logger } from 'winston';
import type { AuditEntry, AuditLog } from '../../adapters/security/audit-log.ts';
import { ServiceError } from '../errors.ts';
import { addFirst } from './route-hooks.ts';

const nobody = { kind: 'nobody', id: '', name: 'nobody known' };

/** Puts on record who asks, before the deed, and what came of it, also when it was refused. What can't be put on record is not done. */
export function auditRoute(route: RouteOptions, audit: AuditLog, logger: Logger): void {
  const before: preHandlerAsyncHookHandler = async (request) => {
    try {
      await audit.append(toEntry(request, 'asked'));
    } catch (cause) {
      throw new ServiceError('audit-unavailable', 'the audit log could not be written; nothing was done', { cause });
    }
  };
  const after: onResponseAsyncHookHandler = async (request, reply) => {
    try {
      await audit.append(toEntry(request, String(reply.statusCode)));
    } catch (error) {
      logger.error(`the audit log does not tell how ${whatOf(request)} ended`, { error, requestId: request.id });
    }
  };
  addFirst(route, 'preHandler', before);
  addFirst(route, 'onResponse', after);
}

function toEntry(request: FastifyRequest, result: string): AuditEntry {
  const { kind, id, name } = request.caller ?? nobody;
  return { who: { kind, id, name }, from: request.ip, what: whatOf(request), result, requestId: request.id };
}

function whatOf({ method, url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  return `${method} ${path.slice(0, 300)}`;
}
