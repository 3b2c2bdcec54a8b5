import { describe, expect, it } from 'vitest';
import { createBoundedIds } from '../../../adapters/store/known-ids.ts';

describe('the ids that a process remembers', () => {
  it('are the newest, so that memory stays what it is', () => {
    const ids = createBoundedIds(3);
    for (const id of ['a', 'b', 'c']) ids.set(id, null);
    ids.set('a', 'yes');
    ids.set('d', null);
    expect(['a', 'b', 'c', 'd'].map((id) => ids.get(id))).toEqual([undefined, null, null, null]);
  });
});
