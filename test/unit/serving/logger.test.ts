import { Writable } from 'node:stream';
import { transports } from 'winston';
import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from '../../../adapters/log/logger.ts';

/** What a logger writes for one error entry. */
async function lineOf(format: LoggerOptions['format'], message: string, meta: object): Promise<string> {
  const logger = createLogger({ service: 'serving', format, level: 'info' });
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  logger.clear().add(new transports.Stream({ stream }));
  logger.debug('not this');
  logger.error(message, meta);
  const ended = new Promise((resolve) => stream.once('finish', resolve));
  logger.end();
  await new Promise((resolve) => logger.once('finish', resolve));
  stream.end();
  await ended;
  return written.join('');
}

describe('a log line', () => {
  it('in JSON keeps errors with stack and cause, and bigints', async () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const line = JSON.parse(await lineOf('json', 'it failed', { error, rows: 10n })) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'error', message: 'it failed', service: 'serving', rows: '10' });
    expect(line['error']).toMatchObject({ message: 'outer', cause: { message: 'inner' } });
    expect((line['error'] as Error).stack).toContain('logger.test.ts');
  });

  it('for a person is one line, with the stack below', async () => {
    const [first = '', second = ''] = (
      await lineOf('pretty', 'it failed', { error: new Error('no disk'), rows: 10n })
    ).split('\n');
    expect(first).toMatch(/^20\S+ error \[serving\] it failed \{"rows":"10"\}$/);
    expect(second).toContain('Error: no disk');
  });
});
