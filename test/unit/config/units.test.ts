import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../config/environment.ts';
import { parseDuration } from '../../../config/parse-duration.ts';
import { amountSchema, durationSchema } from '../../../config/units.ts';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1.5h', 5_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(durationSchema.parse(text)).toBe(ms);
    expect(amountSchema.parse(text)).toEqual({ eventMs: ms });
  });

  it.each(['', 'd', '7', '7 days', '-1d', '1e3s', '7D'])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeNull();
    expect(durationSchema.safeParse(text).success).toBe(false);
  });
});

describe('amounts', () => {
  it('come through as they are, in any unit', () => {
    const unit = fc.constantFrom('rows', 'labels', 'eventMs');
    fc.assert(
      fc.property(unit, fc.integer({ min: 1 }), (name, value) => {
        expect(amountSchema.parse({ [name]: value })).toEqual({ [name]: value });
      }),
    );
  });

  it.each([{}, { rows: 0 }, { rows: 1, labels: 1 }, { days: 7 }, 7, null])('refuse %j', (value) => {
    expect(amountSchema.safeParse(value).success).toBe(false);
  });
});

describe('the environment', () => {
  it('has defaults, also for variables that are empty', () => {
    expect(readEnvironment({ HOST: '', PORT: '' })).toMatchObject({
      home: '.incumbent',
      logFormat: 'json',
      logLevel: 'info',
      models: null,
      pollMs: null,
      host: '127.0.0.1',
      port: 0,
    });
    expect(readEnvironment({ INCUMBENT_MODELS: 'a, b' }).models).toEqual(['a', 'b']);
    expect(readEnvironment({ INCUMBENT_EXAMPLES_MB: '512' }).examplesMb).toBe(512);
    expect(readEnvironment({}).examplesMb).toBeNull();
    expect(() => readEnvironment({ INCUMBENT_EXAMPLES_MB: '0' })).toThrow(/INCUMBENT_EXAMPLES_MB is "0"/);
  });

  it('names the variables that are wrong, all at once', () => {
    const wrong = { PORT: 'http', INCUMBENT_LOG_FORMAT: 'xml', INCUMBENT_REPLICA_ID: 'a/b' };
    expect(() => readEnvironment(wrong)).toThrow(/PORT is "http".*|INCUMBENT_LOG_FORMAT is "xml"/);
    expect(() => readEnvironment(wrong)).toThrow(/INCUMBENT_REPLICA_ID is "a\/b": letters, digits/);
  });
});
