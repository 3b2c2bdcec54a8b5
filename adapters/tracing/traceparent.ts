import type { Link, SpanContext } from '@opentelemetry/api';

/** A span as W3C Trace Context writes it: `00-<trace id>-<span id>-<flags>`, in hexadecimal digits. */
export function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** A link to the span that a traceparent names; null where it is none. */
export function toLink(traceparent: string): Link | null {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  return { context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true } };
}
