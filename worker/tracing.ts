import { trace } from '@opentelemetry/api';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, WorkerPlugin } from '@temporalio/worker';
import type { Notes } from '../adapters/ports/notes.ts';
import type { Tracing } from '../adapters/tracing/open-tracing.ts';
import { toLink } from '../adapters/tracing/traceparent.ts';

/** Makes spans of workflows and activities, and links what the monitor sees to the feedback that came before. */
export interface WorkerTracing {
  readonly bundlerPlugins: OpenTelemetryPlugin[];
  readonly workerPlugins: WorkerPlugin[];
}

export function traceWorker(
  { resource, processor }: Pick<Tracing, 'resource' | 'processor'>,
  feedback: Pick<Notes<{ readonly traceparent: string }>, 'read'>,
): WorkerTracing {
  const linkObserve: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      async execute(input, next) {
        if (info.activityType === 'observe') {
          const [request] = input.args as [{ readonly project: { readonly model: string } }];
          const noted = await feedback.read(request.project.model).catch(() => null);
          const link = noted === null ? null : toLink(noted.traceparent);
          if (link !== null) trace.getActiveSpan()?.addLink(link);
        }
        return await next(input);
      },
    },
  });
  const spans = new OpenTelemetryPlugin({ resource, spanProcessor: processor });
  // After the other one, so that the span of the activity is there to be linked.
  const links: WorkerPlugin = {
    name: 'incumbent-links',
    configureWorker: ({ interceptors, ...options }) => ({
      ...options,
      interceptors: { ...interceptors, activity: [...(interceptors?.activity ?? []), linkObserve] },
    }),
  };
  return { bundlerPlugins: [spans], workerPlugins: [spans, links] };
}
