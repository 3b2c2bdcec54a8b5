import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'winston';
import type { Notes } from '../../adapters/ports/notes.ts';
import type { PredictionLog } from '../../adapters/ports/store.ts';
import { toLink, toTraceparent } from '../../adapters/tracing/traceparent.ts';
import { addFirst } from '../security/route-hooks.ts';

/** The newest trace in which outcomes of a model came in; its monitor links its next look to it. */
export interface FeedbackTrace {
  readonly traceparent: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    span: Span | null;
    /** The request's span, to be logged with what it predicts; absent where nobody records it. */
    traceparent?: string;
    /** What the request's outcomes are about; absent where it brings none. */
    outcomesOf?: AboutPredictions;
  }
}

interface AboutPredictions {
  readonly model: string;
  /** Of predictions that are on record. */
  readonly ids: readonly string[];
}

export interface TracedParts {
  readonly notes: Notes<FeedbackTrace>;
  readonly log: Pick<PredictionLog, 'findTraces'>;
  readonly logger: Logger;
}

/** Links of a span; its feedback may be about thousands of predictions. */
const maxLinks = 32;
const noteEveryMs = 1_000;

/** A span per request that continues the client's trace; feedback is linked to the predictions that it is about. */
export function traceRequests(app: FastifyInstance, { notes, log, logger }: TracedParts): void {
  const tracer = trace.getTracer('incumbent');
  const note = createNoter(notes);
  const linking = new Set<Promise<void>>();
  const end = async (span: Span, { outcomesOf }: FastifyRequest): Promise<void> => {
    const endedAt = Date.now();
    if (outcomesOf !== undefined && span.isRecording()) await linkPredictions(span, outcomesOf, log, logger);
    span.end(endedAt);
  };
  app.decorateRequest('span', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === 'public') return;
    addFirst(route, 'onRequest', (request, reply, done) => {
      const parent = propagation.extract(context.active(), request.headers);
      const { name } = request.params as { name?: string };
      const attributes = {
        'http.request.method': request.method,
        'http.route': route.url,
        'incumbent.request_id': request.id,
      };
      const span = tracer.startSpan(`${request.method} ${route.url}`, { kind: SpanKind.SERVER, attributes }, parent);
      if (name !== undefined) span.setAttribute('incumbent.model', name);
      request.span = span;
      const traceparent = toTraceparent(span.spanContext());
      if (span.isRecording()) request.traceparent = traceparent;
      void reply.header('traceparent', traceparent);
      reply.raw.once('close', () => {
        span.setAttribute('http.response.status_code', reply.raw.statusCode);
        if (reply.raw.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        // After the answer: nobody waits for what is looked up for a link.
        const ended = end(span, request).finally(() => linking.delete(ended));
        linking.add(ended);
      });
      done();
    });
  });
  app.addHook('preSerialization', (request, reply, payload, done) => {
    const { span, outcomesOf } = request;
    if (span !== null && reply.statusCode === 200) {
      const { version } = payload as { version?: string };
      if (version !== undefined) span.setAttribute('incumbent.version', version);
      if (outcomesOf !== undefined) note(outcomesOf.model, toTraceparent(span.spanContext()));
    }
    done(null, payload);
  });
  // The log is closed after the service.
  app.addHook('onClose', async () => void (await Promise.all(linking)));
}

/** By the predictions' records, whichever process wrote them; a link that can't be looked up is told of, and missing. */
async function linkPredictions(
  span: Span,
  { model, ids }: AboutPredictions,
  log: TracedParts['log'],
  logger: Logger,
): Promise<void> {
  try {
    const traceparents = await log.findTraces(model, ids, maxLinks);
    span.addLinks(traceparents.flatMap((traceparent) => toLink(traceparent) ?? []));
  } catch (error) {
    logger.warn(`${model}: the traces of its predictions can't be looked up`, { model, error });
  }
}

/** Once a second at most: the monitor looks far less often. */
function createNoter(notes: Notes<FeedbackTrace>): (model: string, traceparent: string) => void {
  const notedAtMs = new Map<string, number>();
  return (model, traceparent) => {
    const now = performance.now();
    if (now - (notedAtMs.get(model) ?? -Infinity) < noteEveryMs) return;
    notedAtMs.set(model, now);
    notes.write(model, { traceparent }).catch(() => notedAtMs.delete(model));
  };
}
