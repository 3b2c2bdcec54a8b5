import { createLogger as createWinstonLogger, format, transports, type Logger } from 'winston';

export interface LoggerOptions {
  /** Which process speaks: `worker`, `serving`. */
  readonly service: string;
  readonly format: 'json' | 'pretty';
  readonly level: 'error' | 'warn' | 'info' | 'debug';
}

/** The one logger of a process: a line per entry on standard output, errors with their stack. */
export function createLogger({ service, format: style, level }: LoggerOptions): Logger {
  const line = style === 'json' ? format.json() : format.printf(toPrettyLine);
  return createWinstonLogger({
    level,
    defaultMeta: { service },
    format: format.combine(format((info) => Object.assign(info, readable(info)))(), format.timestamp(), line),
    transports: [new transports.Console()],
  });
}

/** Neither an Error nor a bigint survives JSON. Winston's own symbol keys are left alone. */
function readable(entry: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, readableValue(value)]));
}

function readableValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const cause = value.cause === undefined ? {} : { cause: readableValue(value.cause) };
  return { ...readable(value), name: value.name, message: value.message, stack: value.stack, ...cause };
}

function toPrettyLine({ timestamp, level, message, service, ...rest }: Record<string, unknown>): string {
  const { stack, others } = splitStack(rest);
  const details = Object.keys(others).length === 0 ? '' : ` ${stringify(others)}`;
  return `${String(timestamp)} ${level === 'info' ? '' : `${String(level)} `}[${String(service)}] ${String(message)}${details}${stack}`;
}

/** A stack is for people: on lines of its own, not as JSON. */
function splitStack(rest: Record<string, unknown>): { stack: string; others: Record<string, unknown> } {
  const { error, ...others } = rest;
  if (typeof error !== 'object' || error === null || !('stack' in error)) return { stack: '', others: rest };
  return { stack: `\n${String(error.stack)}`, others };
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => readableValue(inner));
}
