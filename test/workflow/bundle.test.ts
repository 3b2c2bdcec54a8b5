import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../support/temporal.ts';

describe('the workflow bundle', () => {
  it('holds workflows and the rules of the lifecycle, no adapter, no schema, no TensorFlow', async () => {
    const { code } = await workflowBundle();
    expect(code).toContain('/domain/lifecycle/step.ts');
    for (const stranger of [
      '/adapters/',
      '/activities/',
      '/config/',
      '/node_modules/zod/',
      '/node_modules/@tensorflow/',
    ]) {
      expect(code).not.toContain(`.${stranger}`);
    }
  });
});
