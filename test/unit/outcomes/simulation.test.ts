import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/outcomes.ts';

describe('the watch over outcomes on simulated labels', () => {
  const rows = run('short');

  it.each(rows)('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
