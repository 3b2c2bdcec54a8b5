import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { Notes } from '../../adapters/ports/notes.ts';
import { addFirst } from '../security/route-hooks.ts';

/** The newest trace in which outcomes of a model came in; its monitor links its next look to it. */
export interface FeedbackTrace {
  readonly traceparent: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    span: Span | null;
  }
}

const maxRemembered = 10_000;
const maxLinks = 32;
const noteEveryMs = 1_000;

/** A span per request that continues the client's trace; feedback is linked to the predictions that it is about. */
export function traceRequests(app: FastifyInstance, notes: Notes<FeedbackTrace>): void {
  const tracer = trace.getTracer('incumbent');
  const predictions = createSpanMemory();
  const note = createNoter(notes);
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
      void reply.header('traceparent', toTraceparent(span.spanContext()));
      reply.raw.once('close', () => {
        span.setAttribute('http.response.status_code', reply.raw.statusCode);
        if (reply.raw.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      done();
    });
  });
  app.addHook('preSerialization', (request, reply, payload, done) => {
    const { span } = request;
    if (span !== null && reply.statusCode === 200) {
      const { name = '' } = request.params as { name?: string };
      const { version, predictions: made } = payload as { version?: string; predictions?: readonly { id: string }[] };
      if (version !== undefined) span.setAttribute('incumbent.version', version);
      for (const { id } of made ?? []) predictions.remember(id, span.spanContext());
      const { outcomes } = (request.body ?? {}) as { outcomes?: readonly { id?: string }[] };
      if (outcomes !== undefined) {
        span.addLinks(predictions.find(outcomes.map(({ id }) => id ?? '')));
        note(name, toTraceparent(span.spanContext()));
      }
    }
    done(null, payload);
  });
}

/** Spans of the newest predictions of this process; a link that is missing after a restart is no loss. */
function createSpanMemory(): { remember(id: string, span: SpanContext): void; find(ids: readonly string[]): Link[] } {
  const spans = new Map<string, SpanContext>();
  return {
    remember(id, span) {
      if (spans.size >= maxRemembered) for (const oldest of [...spans.keys()].slice(0, 100)) spans.delete(oldest);
      spans.set(id, span);
    },
    find: (ids) =>
      ids
        .flatMap((id) => spans.get(id) ?? [])
        .slice(0, maxLinks)
        .map((span) => ({ context: span })),
  };
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

function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
