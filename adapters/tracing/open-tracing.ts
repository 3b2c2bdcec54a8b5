import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** Where the spans of a process go. */
export interface Tracing {
  readonly resource: Resource;
  readonly processor: SpanProcessor;
  /** Sends what is left, if somebody takes it within two seconds. */
  stop(): Promise<void>;
}

const lastChanceMs = 2_000;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Traces by OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) says to where; the other OTEL_* variables
 * mean what they always do. Null without, and then nothing of it is loaded. Once per process.
 */
export async function openTracing(service: string, variables: Variables = process.env): Promise<Tracing | null> {
  if (!isWanted(variables)) return null;
  const [{ OTLPTraceExporter }, { envDetectorSync, Resource }, { BatchSpanProcessor, NodeTracerProvider }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-node'),
    ]);
  const resource = new Resource({ 'service.name': service }).merge(envDetectorSync.detect());
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  // A collector that is away keeps no process from ending, and makes none fail.
  const stop = (): Promise<void> =>
    Promise.race([provider.shutdown().catch(() => undefined), sleep(lastChanceMs, undefined, { ref: false })]);
  return { resource, processor, stop };
}

function isWanted(variables: Variables): boolean {
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  const isOff = variables['OTEL_SDK_DISABLED'] === 'true' || variables['OTEL_TRACES_EXPORTER'] === 'none';
  return !isOff && endpoints.some((name) => (variables[name] ?? '') !== '');
}
