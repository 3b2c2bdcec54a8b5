import fc from 'fast-check';
import { Counter, Gauge, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createHub, type Hub } from '../../../serving/cluster/hub.ts';
import { openClusterLink, type ClusterLink } from '../../../serving/cluster/link.ts';
import type { ToWorker } from '../../../serving/cluster/messages.ts';
import { createMetrics } from '../../../serving/operations/metrics.ts';
import { createReadinessProbe } from '../../../serving/operations/readiness.ts';
import { createSharedLimiter } from '../../../serving/security/shared-limiter.ts';

/** A worker whose messages travel as between processes: as copies, later. */
function join(hub: Hub): { link: ClusterLink; leave: () => void } {
  let hear: (message: ToWorker) => void = () => undefined;
  const member = { send: (message: ToWorker) => queueMicrotask(() => hear(structuredClone(message))) };
  const link = openClusterLink({
    send: (message) => queueMicrotask(() => hub.hear(member, structuredClone(message))),
    onMessage: (listener) => void (hear = listener),
  });
  hub.join(member);
  return { link, leave: () => hub.leave(member) };
}

describe('processes behind one port', () => {
  it('are measured together: counts are summed, states are the worst of all', async () => {
    const hub = createHub(2);
    const workers = [join(hub), join(hub)];
    for (const [index, { link }] of workers.entries()) {
      const metrics = createMetrics();
      metrics.requestEnded('/predict', 'prices', 200, 0.002);
      if (index === 1) metrics.requestEnded('/predict', 'prices', 200, 0.3);
      new Gauge({ name: 'version', help: 'v', aggregator: 'max', registers: [metrics.registry] }).set(1);
      link.share(metrics.registry);
    }
    const text = await workers[0]!.link.readMetrics();
    expect(text).toContain('incumbent_request_duration_seconds_bucket{route="/predict",model="prices",status="200",le="0.0025"} 2'); // prettier-ignore
    expect(text).toContain('incumbent_request_duration_seconds_count{route="/predict",model="prices",status="200"} 3');
    expect(text).toContain('version 1\n');
  });

  it('keep in their sum what one that is gone counted, over and over', async () => {
    const hub = createHub(2);
    const { link } = join(hub);
    for (let round = 1; round <= 3; round += 1) {
      const mortal = join(hub);
      const registry = new Registry();
      new Counter({ name: 'done_total', help: 'd', registers: [registry] }).inc(5);
      new Gauge({ name: 'now', help: 'n', registers: [registry] }).set(7);
      mortal.link.share(registry);
      expect(await link.readMetrics()).toContain('now 7');
      mortal.leave();
      const text = await link.readMetrics();
      expect(text).toContain(`done_total ${5 * round}`);
      expect(text).not.toContain('now 7');
    }
  });

  it('don’t wait for one that leaves without an answer', async () => {
    const hub = createHub(2);
    const { link } = join(hub);
    const mute = { send: () => undefined };
    hub.join(mute);
    const text = link.readMetrics();
    await Promise.resolve();
    setImmediate(() => hub.leave(mute));
    expect(await text).toBe('\n');
  });

  it('let in, all together, no more than the limit, whoever is asked', async () => {
    const shape = fc.record({
      workers: fc.integer({ min: 1, max: 4 }),
      burst: fc.integer({ min: 1, max: 200 }),
      asked: fc.array(fc.nat(3), { minLength: 1, maxLength: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ workers, burst, asked }) => {
        const hub = createHub(workers);
        // So slow that nothing comes back while the test runs.
        const rate = { perSecond: 1e-9, burst };
        const limiters = Array.from({ length: workers }, () => {
          const { link } = join(hub);
          return createSharedLimiter((caller) => link.drawTokens('requests', rate, caller));
        });
        const waits = await Promise.all(asked.map(async (which) => await limiters[which % workers]!.take('shop')));
        const admitted = waits.filter((ms) => ms === 0).length;
        expect(admitted).toBeLessThanOrEqual(burst);
        // One that asks alone may have nearly all of it.
        if (new Set(asked.map((which) => which % workers)).size === 1) {
          expect(admitted).toBeGreaterThanOrEqual(Math.min(asked.length, Math.floor(burst * 0.875)));
        }
        expect(await limiters[0]!.take('another')).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('are ready while one of them answers, and warn while not all do', async () => {
    const hub = createHub(2);
    const { link } = join(hub);
    const probe = createReadinessProbe({
      models: { list: () => [] },
      checkLog: () => Promise.resolve(),
      isDraining: () => false,
      workers: link.workers,
    });
    await Promise.resolve();
    expect((await probe()).warnings).toEqual(['1 of 2 workers answer; the others are being started again']);
    join(hub);
    await Promise.resolve();
    expect((await probe()).warnings).toEqual([]);
  });
});
