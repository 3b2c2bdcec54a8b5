import { describe, expect, it } from 'vitest';
import { AggregatorRegistry, Registry } from 'prom-client';
import { openNotes } from '../../../adapters/notes/file-notes.ts';
import { openReports } from '../../../adapters/report/file-reports.ts';
import type { ModelStatus } from '../../../config/wire.ts';
import { homeAt } from '../../../config/home.ts';
import type { MonitorObservation } from '../../../domain/dashboard/observation.ts';
import { registerHistogram } from '../../../serving/operations/histogram.ts';
import { createMetrics } from '../../../serving/operations/metrics.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { makeKey, startSecured } from './secured.ts';
import { goodRow, model, startRig, type Rig } from './support.ts';

async function scrape({ service }: Pick<Rig, 'service'>): Promise<string> {
  const { statusCode, body, headers } = await service.app.inject('/metrics');
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toContain('text/plain');
  return body;
}

const predict = ({ service }: Rig, name = model) =>
  service.app.inject({ method: 'POST', url: `/v1/models/${name}/predict`, payload: { rows: [goodRow] } });

describe('the metrics', () => {
  it('count requests by route, model and status, and say what serves', async () => {
    const rig = await startRig([{}, {}]);
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    await predict(rig);
    await predict(rig);
    await rig.service.app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload: {} });
    const text = await scrape(rig);
    const count = (status: number) =>
      `incumbent_request_duration_seconds_count{route="/v1/models/:name/predict",model="${model}",status="${status}"}`;
    expect(text).toContain(`${count(200)} 2`);
    expect(text).toContain(`${count(400)} 1`);
    expect(text).toContain(`incumbent_version_info{model="${model}",role="champion",version="1"} 1`);
    expect(text).toContain(`incumbent_version_info{model="${model}",role="previous",version="2"} 1`);
    expect(text).toContain(`incumbent_model_problem{model="${model}"} 0`);
    expect(text).toContain('incumbent_draining 0');
    expect(text).toContain('incumbent_requests_in_flight 0');
  });

  it('have no series for names that clients make up', async () => {
    const rig = await startRig();
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    for (const name of ['a', 'b', 'c']) await predict(rig, name);
    const text = await scrape(rig);
    expect(text).toContain('model="unknown",status="404"} 3');
    expect(text).not.toContain('model="a"');
  });

  it('have memory, garbage collection and event loop of the process where they are asked for', async () => {
    const text = await createMetrics(true).registry.metrics();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_seconds_total',
    ]) {
      expect(text).toContain(`\n${name} `);
    }
  });

  it('tell what the monitor saw, from what it left in the home', async () => {
    const home = homeAt(await temporaryFolder());
    const rig = await startRig([{}], { home });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    expect(await scrape(rig)).not.toContain('incumbent_drift_size{');
    const observation: MonitorObservation = {
      atMs: 1_795_680_000_000,
      rows: 900,
      labels: 800,
      champion: '1',
      losses: { count: 100, mean: 0.25 },
      promised: 0.3,
      drift: [
        { feature: 'price', size: 0.4, outcome: 'fail' },
        { feature: 'region', size: 0.01, outcome: 'pass' },
      ],
      labelling: {
        rows: 3_000,
        coverage: 0.62,
        medianMs: 86_400_000,
        p95Ms: 5e8,
        matureAgeMs: 6e8,
        watermarkMs: 1.79e12,
      },
    };
    await openReports({ directory: home.reports, temporalUi: null }).noteObservation(model, observation);
    await openNotes(home.cursors).write(model, { lastId: '1795679000000-r1-abcd000001' });
    const text = await scrape(rig);
    for (const line of [
      `incumbent_drift_size{model="${model}",feature="price"} 0.4`,
      `incumbent_drift_found{model="${model}",feature="price"} 1`,
      `incumbent_drift_found{model="${model}",feature="region"} 0`,
      `incumbent_live_loss{model="${model}"} 0.25`,
      `incumbent_labels{model="${model}"} 800`,
      `incumbent_label_watermark_timestamp_seconds{model="${model}"} 1795679000`,
      `incumbent_label_coverage{model="${model}"} 0.62`,
      `incumbent_label_delay_seconds{model="${model}",quantile="0.5"} 86400`,
      `incumbent_label_delay_seconds{model="${model}",quantile="0.95"} 500000`,
      `incumbent_label_mature_age_seconds{model="${model}"} 600000`,
      `incumbent_label_event_watermark_timestamp_seconds{model="${model}"} 1790000000`,
      `incumbent_monitor_look_timestamp_seconds{model="${model}"} 1795680000`,
    ]) {
      expect(text).toContain(line);
    }
    const status = await rig.service.app.inject(`/v1/models/${model}`);
    expect(status.json<ModelStatus>().labels).toEqual({
      coverage: 0.62,
      medianDelaySeconds: 86_400,
      p95DelaySeconds: 500_000,
      matureAgeSeconds: 600_000,
      watermark: '2026-09-21T14:13:20.000Z',
    });
  });

  it('are for those who may read', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    expect((await rig.service.app.inject('/metrics')).statusCode).toBe(401);
  });

  it('tell how long groups of records take to be logged', async () => {
    const metrics = createMetrics();
    metrics.logFlushed(0.004, 3);
    metrics.logFlushed(0.2, 5);
    const text = await metrics.registry.metrics();
    expect(text).toContain('incumbent_log_flush_duration_seconds_bucket{le="0.005"} 1');
    expect(text).toContain('incumbent_log_flush_duration_seconds_count 2');
    expect(text).toContain('incumbent_log_records_total 8');
  });
});

describe('a histogram', () => {
  it('is cumulative, and counts a value at a bound below it', async () => {
    const registry = new Registry();
    const series = registerHistogram(registry, { name: 'h', help: 'a test', bounds: [1, 2] }).series({ a: 'b' });
    for (const value of [0.5, 1, 1.5, 7]) series.observe(value);
    const lines = (await registry.metrics()).trim().split('\n');
    expect(lines).toEqual([
      '# HELP h a test',
      '# TYPE h histogram',
      'h_bucket{a="b",le="1"} 2',
      'h_bucket{a="b",le="2"} 3',
      'h_bucket{a="b",le="+Inf"} 4',
      'h_sum{a="b"} 10',
      'h_count{a="b"} 4',
    ]);
  });

  it('adds up over processes', async () => {
    const parts = [1, 3].map((value) => {
      const registry = new Registry();
      registerHistogram(registry, { name: 'h', help: 'a test', bounds: [2] })
        .series({})
        .observe(value);
      return registry;
    });
    const json = await Promise.all(parts.map((registry) => registry.getMetricsAsJSON()));
    const text = await AggregatorRegistry.aggregate(json).metrics();
    expect(text).toContain('h_bucket{le="2"} 1');
    expect(text).toContain('h_count 2');
  });
});

describe('a service that is about to stop', () => {
  it('tells probes and connections that are kept, and still answers', async () => {
    const rig = await startRig();
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    rig.service.drain();
    const ready = await rig.service.app.inject('/ready');
    expect([ready.statusCode, ready.json<{ missing: string[] }>().missing]).toEqual([503, ['the service is stopping']]);
    const answer = await predict(rig);
    expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close']);
    expect(await scrape(rig)).toContain('incumbent_draining 1');
  });
});

describe('a probe that shows no key', () => {
  it('learns that something is missing, not what', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    const { key } = await makeKey(rig.directory, ['read']);
    const ask = async (headers: Record<string, string>) =>
      (await rig.service.app.inject({ url: '/ready', headers })).json<{ missing: string[] }>().missing;
    expect(await ask({})).toEqual(['show a key to be told the reason']);
    while ((await ask({ 'x-api-key': key }))[0] !== 'there is no model in the registry') {
      await new Promise((later) => setTimeout(later, 5));
    }
  });
});
