import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/following.ts';

describe('following on simulated streams', () => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
