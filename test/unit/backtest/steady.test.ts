import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/policy.ts';

describe('the default policy on a stream without drift', async () => {
  it.each(await run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
