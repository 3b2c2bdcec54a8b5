import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/drift.ts';

describe('the drift judge on simulated windows', () => {
  const rows = run('short');

  it.each(rows)('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
