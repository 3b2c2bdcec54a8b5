import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTime } from '../../../adapters/data/parse-time.ts';

describe('a time on the wire', () => {
  const zone = process.env['TZ'];
  beforeEach(() => void (process.env['TZ'] = 'America/New_York'));
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it.each([
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03-01T10:20', Date.UTC(2026, 2, 1, 10, 20)],
    ['2026-03-01T10:20:30', Date.UTC(2026, 2, 1, 10, 20, 30)],
    ['2026-03-01 10:20:30.125', Date.UTC(2026, 2, 1, 10, 20, 30, 125)],
    ['2026-03-01T10:20:30Z', Date.UTC(2026, 2, 1, 10, 20, 30)],
    ['2026-03-01T10:20:30+02:00', Date.UTC(2026, 2, 1, 8, 20, 30)],
  ])('%s is UTC unless it says otherwise, wherever the machine is', (text, expected) => {
    expect(new Date(2026, 0, 1).getTimezoneOffset()).toBe(300);
    expect(parseTime(text)).toBe(expected);
  });

  it('is no number when it is no time', () => {
    expect(parseTime('yesterday')).toBeNaN();
  });
});
