import { describe, expect, it } from 'vitest';
import { run } from '../../../simulations/recovery.ts';

describe('the default policy after the world has changed', async () => {
  it.each(await run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
