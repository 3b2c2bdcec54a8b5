import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { App } from '../routes/register.ts';
import type { Operations } from './operations.ts';

const readySchema = z.object({ ready: z.boolean(), missing: z.array(z.string()), warnings: z.array(z.string()) });

/** What probes and scrapers ask for. */
export function registerOperationRoutes(app: App, operations: Operations, isKnown: IsKnown): void {
  const health = { summary: 'The process is alive', response: { 200: z.object({ alive: z.literal(true) }) } };
  app.get('/health', { config: { access: 'public' }, schema: health }, () => ({ alive: true as const }));

  const ready = { summary: 'Every model can be answered for', response: { 200: readySchema, 503: readySchema } };
  app.get('/ready', { config: { access: 'public' }, schema: ready }, async (request, reply) => {
    const { ready: isReady, missing, warnings } = await operations.readiness();
    if (!isReady) void reply.code(503).header('retry-after', '1');
    // Reasons have names and paths in them: not for everybody who can reach the port.
    const isTold = await isKnown(request);
    const hidden = (texts: readonly string[]): string[] =>
      isTold ? [...texts] : texts.map(() => 'show a key to be told the reason');
    return { ready: isReady, missing: hidden(missing), warnings: hidden(warnings) };
  });

  const { registry } = operations.metrics;
  const text = {
    200: {
      description: 'Metrics in the text format of Prometheus',
      content: { [registry.contentType]: { schema: z.string() } },
    },
  };
  app.get(
    '/metrics',
    { config: { access: ['read'] }, schema: { summary: 'Metrics for Prometheus', response: text } },
    async (_request, reply) => await reply.type(registry.contentType).send(await operations.readMetrics()),
  );
}

/** True for callers who may be told what is inside. */
export type IsKnown = (request: { readonly headers: IncomingHttpHeaders; readonly method: string }) => Promise<boolean>;
