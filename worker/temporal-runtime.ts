import { Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type { Logger } from 'winston';

const levels: Record<LogLevel, string> = { TRACE: 'debug', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/** Task tokens are bytes without meaning to a reader; bigints are not JSON. */
function readable(meta: LogMetadata | undefined): Record<string, unknown> {
  const { taskToken: _taskToken, ...rest } = meta ?? {};
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
  );
}

/** Sends the logs of Temporal's core, of workflows and of activities through our logger, and its metrics to Prometheus. Once per process, before anything else. */
export function installTemporalRuntime(logger: Logger, metricsAddress: string | null): void {
  const at =
    (level: LogLevel) =>
    (message: string, meta?: LogMetadata): void =>
      void logger.log(levels[level], message, readable(meta));
  Runtime.install({
    // The worker hears signals itself.
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => at(level)(message, meta),
      trace: at('TRACE'),
      debug: at('DEBUG'),
      info: at('INFO'),
      warn: at('WARN'),
      error: at('ERROR'),
    },
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress !== null && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}
