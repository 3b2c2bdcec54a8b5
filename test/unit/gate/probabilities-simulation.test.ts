import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/gate-probabilities.ts';

describe('the two ways to be found better, on rows that depend on each other', () => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
