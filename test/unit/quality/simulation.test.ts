import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/quality.ts';

describe('data quality on simulated streams', () => {
  const rows = run('short');

  it.each(rows)('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
