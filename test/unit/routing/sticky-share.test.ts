import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../domain/routing/sticky-share.ts';

const names = Array.from({ length: 20_000 }, (_, index) => `customer-${index}`);

describe('an entity', () => {
  it('stands where it has always stood: these figures must never change', () => {
    expect(standingOf('7', 'ada')).toBe(0.9239450630266219);
    expect(standingOf('12', 'machine 4')).toBe(0.24862171453423798);
    expect(standingOf('7', 'Zoë 🦊')).not.toBe(standingOf('7', 'Zoë 🐻'));
  });

  it('stands anywhere with the same chance, so that a share of entities is a share of customers', () => {
    for (const share of [0.01, 0.05, 0.25, 0.5]) {
      const below = names.filter((name) => standingOf('2', name) < share).length / names.length;
      // Four standard errors.
      expect(Math.abs(below - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / names.length));
    }
  });

  it('stands elsewhere for another version: not the same customers try every challenger', () => {
    const first = names.filter((name) => standingOf('2', name) < 0.5);
    const again = first.filter((name) => standingOf('3', name) < 0.5).length / first.length;
    expect(again).toBeGreaterThan(0.47);
    expect(again).toBeLessThan(0.53);
  });

  it('stays with the challenger when its share grows', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (key, a, b) => {
          const standing = standingOf('2', key);
          expect(standing).toBeGreaterThanOrEqual(0);
          expect(standing).toBeLessThan(1);
          if (standing < Math.min(a, b)) expect(standing < Math.max(a, b)).toBe(true);
        },
      ),
    );
  });
});
