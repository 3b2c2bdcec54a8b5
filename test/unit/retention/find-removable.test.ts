import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRemovable, whyKept, type KnownVersion } from '../../../domain/retention/find-removable.ts';

const rule = { keep: 3, pinned: [], lending: 0, needed: [] };

/** Versions 1, 2, 3 …, with what is said of some of them. */
function versions(count: number, changes: Readonly<Record<string, Partial<KnownVersion>>> = {}): KnownVersion[] {
  return Array.from({ length: count }, (_, at) => {
    const version = String(at + 1);
    return { version, removedAtMs: null, tags: {}, aliases: [], ...changes[version] };
  });
}

const follows = (base: string) => ({ tags: { followOf: base } });
const going = (known: readonly KnownVersion[], changes: Partial<typeof rule> | object = {}): readonly string[] =>
  findRemovable(known, { ...rule, ...changes }).map(({ version }) => version);

describe('versions whose files may go', () => {
  it('are the oldest, but for the newest few', () => {
    expect(going(versions(3))).toEqual([]);
    expect(going(versions(6))).toEqual(['1', '2', '3']);
    expect(going(versions(6), { keep: null })).toEqual([]);
  });

  it('are none that bear a name, are pinned, or are needed', () => {
    const known = versions(8, { 2: { aliases: ['previous'] }, 3: { aliases: ['audit-2026'] } });
    expect(going(known, { pinned: ['1'], needed: [{ version: '5', why: 'in quarantine' }] })).toEqual(['4']);
  });

  it('are none whose networks serve under another number', () => {
    const known = versions(9, {
      1: {},
      4: { ...follows('1'), aliases: ['champion'] },
      5: follows('2'),
      3: follows('2'),
    });
    expect(going(known)).toEqual(['2', '3', '5', '6']);
    expect(findRemovable(known, rule)[0]).toEqual({ version: '2', followers: ['3', '5'] });
  });

  it('are none of the newest that the next blend may borrow from, however many followed since', () => {
    const known = versions(9, Object.fromEntries(['4', '5', '6', '7', '8', '9'].map((one) => [one, follows('3')])));
    expect(going(known)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(going(known, { lending: 2 })).toEqual(['1', '4', '5', '6']);
  });

  it('are counted among those that have their files', () => {
    const known = versions(7, { 5: { removedAtMs: 1 }, 6: { removedAtMs: 1 } });
    expect(going(known)).toEqual(['1', '2']);
  });

  it('stay for a reason that can be told', () => {
    const known = versions(7, { 1: {}, 2: { ...follows('1'), aliases: ['champion', 'previous'] } });
    const reasons = whyKept(known, {
      ...rule,
      keep: 1,
      lending: 2,
      pinned: ['3'],
      needed: [{ version: '4', why: 'x' }],
    });
    expect(Object.fromEntries(reasons)).toEqual({
      1: 'version 2 is made of its networks',
      2: 'champion and previous',
      3: 'pinned',
      4: 'x',
      6: 'may lend networks to the next blend',
      7: 'may lend networks to the next blend',
    });
    expect(whyKept(known, { ...rule, keep: null }).get('7')).toBe('all are kept');
    expect(whyKept(known, rule).get('7')).toBe('one of the newest 3');
  });

  it('leave, whatever the rule, the newest, the named and what these are made of', () => {
    const one = fc.record({
      alias: fc.boolean(),
      removed: fc.boolean(),
      base: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 30 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(5),
        (drawn, keep, lending) => {
          const known = drawn.map(({ alias, removed, base }, at) => ({
            version: String(at + 1),
            removedAtMs: removed && !alias ? 1 : null,
            tags: base === null || base > at ? {} : { followOf: String(base) },
            aliases: alias ? ['champion'] : [],
          }));
          const gone = new Set(going(known, { keep, lending }));
          const there = known.filter(({ removedAtMs }) => removedAtMs === null);
          for (const { version } of there.slice(-keep)) expect(gone).not.toContain(version);
          for (const { version, tags } of there.filter(({ aliases: names }) => names.length > 0)) {
            expect(gone).not.toContain(version);
            if ('followOf' in tags) expect(gone).not.toContain(tags.followOf);
          }
          for (const version of gone) expect(there.map((left) => left.version)).toContain(version);
          // Removed, nothing more goes by the same rule.
          const after = known.map((left) => (gone.has(left.version) ? { ...left, removedAtMs: 2 } : left));
          expect(going(after, { keep, lending })).toEqual([]);
        },
      ),
    );
  });
});
