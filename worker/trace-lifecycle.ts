// Runs in the sandbox of workflows, beside the interceptors of @temporalio/interceptors-opentelemetry, and only where traces are on.
import { context, trace, type Context } from '@opentelemetry/api';
import { extractContextFromHeaders } from '@temporalio/interceptors-opentelemetry/lib/instrumentation.js';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Signals that may be the reason of a retraining. */
const reasons: ReadonlySet<string> = new Set(['observed', 'raiseSignal']);

/**
 * A lifecycle lives for years, in one trace that nobody could read. A retraining that it starts therefore continues the trace of the signal
 * that came last before: what the monitor saw, and through its link the feedback before that.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let newest: Context | null = null;
  return {
    inbound: [
      {
        async handleSignal(input, next) {
          const sent = extractContextFromHeaders(input.headers);
          if (sent !== undefined && reasons.has(input.signalName) && trace.getSpanContext(sent)) newest = sent;
          return await next(input);
        },
      },
    ],
    outbound: [
      {
        async startChildWorkflowExecution(input, next) {
          if (newest === null || input.workflowType !== 'retrain') return await next(input);
          return await context.with(newest, () => next(input));
        },
      },
    ],
  };
};
