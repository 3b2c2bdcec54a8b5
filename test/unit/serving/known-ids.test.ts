import { describe, expect, it } from 'vitest';
import { createBoundedIds } from '../../../adapters/store/known-ids.ts';

describe('the ids that a process remembers', () => {
  it('are the newest half of the most at least, and never more than the most', () => {
    const ids = createBoundedIds(10);
    for (let count = 1; count <= 40; count += 1) {
      ids.set(String(count), null);
      const known = Array.from({ length: count }, (_, index) => ids.get(String(index + 1)) === null);
      expect(known.slice(-5)).not.toContain(false);
      expect(known.filter(Boolean).length).toBeLessThanOrEqual(10);
    }
  });

  it('keep the newest label of an id', () => {
    const ids = createBoundedIds(4);
    for (const id of ['a', 'b', 'c']) ids.set(id, null);
    ids.set('a', 'yes');
    expect(['a', 'b', 'c'].map((id) => ids.get(id))).toEqual(['yes', null, null]);
    ids.set('d', null);
    expect(['a', 'b', 'c', 'd'].map((id) => ids.get(id))).toEqual(['yes', undefined, null, null]);
  });
});
