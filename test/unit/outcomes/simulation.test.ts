import { describe, expect, it } from 'vitest';
import { run as runEstimation } from '../../../simulations/estimation.ts';
import { run as runOutcomes } from '../../../simulations/outcomes.ts';

describe.each([
  ['the watch over outcomes', runOutcomes],
  ['estimated performance', runEstimation],
])('%s on simulated rows', (_, run) => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
