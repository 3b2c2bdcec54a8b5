import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/calibration.ts';

describe('triage of lost performance on simulated rows', () => {
  const rows = run('short');

  it.each(rows)('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
