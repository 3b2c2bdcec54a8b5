import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdMaker } from '../../../serving/prediction-ids.ts';

describe('prediction ids', () => {
  it('sort in the order of prediction, whatever the clock does', () => {
    const clock = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_004 }), {
      minLength: 2,
      maxLength: 50,
    });
    fc.assert(
      fc.property(clock, (times) => {
        let call = 0;
        const makeId = createIdMaker('r1', () => times[call++] ?? 0);
        const ids = times.map(() => makeId());
        expect([...ids].sort()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('stay in order when a millisecond has more of them than the counter has digits', () => {
    const makeId = createIdMaker('r1', () => 5, 0);
    let last = '';
    for (let count = 0; count <= 1_000_001; count += 1) {
      const id = makeId();
      if (id <= last) throw new Error(`${id} came after ${last}`);
      last = id;
    }
    expect(last).toBe('0000000000006-r1-0000000001');
  });

  it('name the replica', () => {
    expect(createIdMaker('west-2', () => 1_700_000_000_000, 36)()).toBe('1700000000000-west-2-0010000000');
  });
});
