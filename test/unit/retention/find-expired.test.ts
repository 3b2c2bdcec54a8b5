import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findExpired, findOrphaned, type KeepRule, type PartFacts } from '../../../domain/retention/find-expired.ts';

const id = (row: number): string => String(row).padStart(6, '0');
/** Rows `from` to `to`, one a millisecond. */
const part = (from: number, to: number): PartFacts => ({ rows: to - from + 1, firstId: id(from), lastId: id(to), newestMs: to }); // prettier-ignore
const days = [part(0, 9), part(10, 19), part(20, 29), part(30, 39)];
const rule: KeepRule = { keepMs: 15, neededAfterId: id(39), neededRows: 0 };

describe('what of a log may go', () => {
  it('is what is older than the newest row by more than is kept, whole parts only', () => {
    expect(findExpired(days, rule)).toEqual(days.slice(0, 2));
    expect(findExpired(days, { ...rule, keepMs: 40 })).toEqual([]);
    // The second part ends just on the line: it stays.
    expect(findExpired(days, { ...rule, keepMs: 20 })).toEqual(days.slice(0, 1));
  });

  it('is nothing that is still to be looked at', () => {
    expect(findExpired(days, { ...rule, neededAfterId: id(9) })).toEqual(days.slice(0, 1));
    expect(findExpired(days, { ...rule, neededAfterId: id(8) })).toEqual([]);
  });

  it('is nothing of the newest rows that a window needs, however old', () => {
    expect(findExpired(days, { ...rule, neededRows: 20 })).toEqual(days.slice(0, 2));
    expect(findExpired(days, { ...rule, neededRows: 21 })).toEqual(days.slice(0, 1));
    // Rows of a part that begins before this one ends may be older.
    expect(findExpired([part(0, 9), part(5, 39)], { ...rule, keepMs: 1, neededRows: 1 })).toEqual([]);
  });

  it('is nothing of nothing', () => {
    expect(findExpired([], rule)).toEqual([]);
    expect(findOrphaned([], id(3))).toEqual([]);
  });

  it('is, of outcomes, what belongs to predictions that are gone', () => {
    expect(findOrphaned(days, id(20))).toEqual(days.slice(0, 2));
    expect(findOrphaned(days, id(19))).toEqual(days.slice(0, 1));
  });

  it('leaves, whatever the parts, the newest row and all that is needed', () => {
    const anyPart = fc
      .tuple(fc.nat(200), fc.nat(50), fc.integer({ min: -30, max: 30 }))
      .map(([from, length, drift]) => ({ ...part(from, from + length), newestMs: from + length + drift }));
    const anyRule = fc.record({
      keepMs: fc.integer({ min: 1, max: 100 }),
      neededAfterId: fc.nat(260).map(id),
      neededRows: fc.nat(150),
    });
    fc.assert(
      fc.property(fc.array(anyPart, { minLength: 1, maxLength: 12 }), anyRule, (parts, given) => {
        const gone = new Set(findExpired(parts, given));
        const kept = parts.filter((one) => !gone.has(one));
        const newest = Math.max(...parts.map(({ newestMs }) => newestMs));
        expect(Math.max(...kept.map(({ newestMs }) => newestMs))).toBe(newest);
        for (const one of gone) {
          expect(one.newestMs).toBeLessThan(newest - given.keepMs);
          expect(one.lastId <= given.neededAfterId).toBe(true);
          const newer = kept.concat([...gone]).filter(({ firstId }) => firstId > one.lastId);
          expect(newer.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThanOrEqual(given.neededRows);
        }
      }),
    );
  });
});
