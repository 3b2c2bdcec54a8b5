import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openNotes } from '../../adapters/notes/file-notes.ts';
import { openPredictionLog } from '../../adapters/store/prediction-log.ts';
import { openTracing, type Tracing } from '../../adapters/tracing/open-tracing.ts';
import type { FeedbackTrace } from '../../serving/operations/trace-requests.ts';
import { createControlWorker, createTrainingWorker } from '../../worker/run.ts';
import { traceWorker } from '../../worker/tracing.ts';
import { controlQueue, retrainId } from '../../workflows/messages.ts';
import { monitor } from '../../workflows/monitor.ts';
import { scriptedActivities } from '../support/activities.ts';
import { startDevServer } from '../support/dev-server.ts';
import { temporaryFolder } from '../support/folders.ts';
import { labels, performanceDrift } from '../support/lifecycle.ts';
import { firstDecision, start } from '../support/lifecycle-workflow.ts';
import { goodRow, model, startRig } from '../unit/serving/support.ts';

interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SeenSpan[] }[] }[];
}

const spans: SeenSpan[] = [];
const collector = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => void (body += String(chunk)));
  request.once('end', () => {
    const { resourceSpans } = JSON.parse(body) as Export;
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
});
let tracing: Tracing;

beforeAll(async () => {
  await new Promise<void>((listening) => collector.listen(0, '127.0.0.1', listening));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '50';
  const opened = await openTracing('a test');
  if (opened === null) throw new Error('tracing is off although an endpoint is set');
  tracing = opened;
});

afterAll(async () => {
  collector.closeAllConnections();
  collector.close();
  // Nobody is there to take the last span.
  trace.getTracer('a test').startSpan('last').end();
  await tracing.stop();
});

async function untilSpan(isMeant: (span: SeenSpan) => boolean): Promise<SeenSpan> {
  for (;;) {
    const found = spans.find(isMeant);
    if (found !== undefined) return found;
    await sleep(20);
  }
}

const time = '2026-01-01T00:00:00Z';
const clientTrace = '0af7651916cd43dd8448eb211c80319c';

describe('a trace', () => {
  it('goes from the client’s request over its outcome and the monitor’s look to what is trained for it', async () => {
    const feedbackTraces = openNotes<FeedbackTrace>(join(await temporaryFolder(), 'traces'));
    const rig = await startRig([{}], { feedbackTraces });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const post = (what: string, payload: object, headers = {}) =>
      rig.service.app.inject({ method: 'POST', url: `/v1/models/${model}/${what}`, payload, headers });

    const traceparent = `00-${clientTrace}-b7ad6b7169203331-01`;
    const predicted = await post('predict', { rows: [goodRow] }, { traceparent });
    expect(predicted.headers['traceparent']).toMatch(new RegExp(`^00-${clientTrace}-[0-9a-f]{16}-01$`));
    const { id } = predicted.json<{ predictions: { id: string }[] }>().predictions[0]!;
    await post('feedback', { outcomes: [{ id, label: 'yes' }] });
    const prediction = await untilSpan(({ name }) => name.endsWith('/predict'));
    expect(prediction).toMatchObject({ traceId: clientTrace, parentSpanId: 'b7ad6b7169203331' });
    const feedback = await untilSpan(({ name }) => name.endsWith('/feedback'));
    expect(feedback.links).toMatchObject([{ traceId: clientTrace, spanId: prediction.spanId }]);
    while ((await feedbackTraces.read(model)) === null) await sleep(5);

    const env = await startDevServer();
    const activities = scriptedActivities([], {
      observe: () =>
        Promise.resolve({
          clock: labels(5_000),
          signals: [performanceDrift],
          cursor: null,
          following: null,
          removable: [],
          summary: '',
        }),
    });
    const server = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
    const traced = traceWorker(tracing, feedbackTraces);
    const control = await createControlWorker(server, activities, traced);
    const training = await createTrainingWorker(server, activities, traced);
    const project = { model, directory: 'examples/electricity' };
    await control.runUntil(
      training.runUntil(async () => {
        await start(env);
        const options = {
          workflowId: 'monitor/now',
          taskQueue: controlQueue,
          args: [{ project }] as [{ project: typeof project }],
        };
        await env.client.workflow.execute(monitor, options);
        await untilSpan(({ name }) => name === 'RunActivity:faceChampion');
        await env.client.workflow.getHandle(retrainId(firstDecision)).result();
      }),
    );
    const observe = await untilSpan(({ name }) => name === 'RunActivity:observe');
    expect(observe.links).toMatchObject([{ traceId: feedback.traceId, spanId: feedback.spanId }]);
    for (const name of [
      'SignalWorkflow:observed',
      'HandleSignal:observed',
      'RunWorkflow:retrain',
      'RunActivity:trainCandidate',
    ]) {
      expect((await untilSpan((span) => span.name === name)).traceId, name).toBe(observe.traceId);
    }
  });

  it('is found again by its record: after a restart and by another worker feedback is linked to the prediction', async () => {
    const feedbackTraces = openNotes<FeedbackTrace>(join(await temporaryFolder(), 'traces'));
    const first = await startRig([{}], { feedbackTraces });
    await first.service.listen({ host: '127.0.0.1', port: 0 });
    const predicted = await first.service.app.inject({
      method: 'POST',
      url: `/v1/models/${model}/predict`,
      payload: { rows: [goodRow, goodRow], entities: ['a', 'b'], times: [time, time] },
    });
    const [, traceId = '', spanId = ''] = String(predicted.headers['traceparent']).split('-');
    const [{ id } = { id: '' }] = predicted.json<{ predictions: { id: string }[] }>().predictions;

    const giveFeedback = async (replicaId: string, outcome: object): Promise<SeenSpan> => {
      const log = await openPredictionLog({ directory: first.storeDirectory, replicaId });
      const { service } = await startRig([], { feedbackTraces, registry: first.registry, log, replicaId });
      await service.listen({ host: '127.0.0.1', port: 0 });
      const payload = { outcomes: [outcome] };
      const url = `/v1/models/${model}/feedback`;
      const answered = await service.app.inject({ method: 'POST', url, payload });
      expect(answered.json()).toMatchObject({ accepted: 1 });
      await service.stop();
      await log.close();
      const [, , ownId] = String(answered.headers['traceparent']).split('-');
      return await untilSpan((span) => span.spanId === ownId);
    };
    const ofAnother = await giveFeedback('r2', { id, label: 'yes' });
    expect(ofAnother.links).toMatchObject([{ traceId, spanId }]);
    await first.service.stop();
    await first.log.close();
    const segments = await readdir(join(first.storeDirectory, model, 'predictions', 'open'));
    expect(segments).toEqual([]);
    const restarted = await giveFeedback('r1', { entity: 'b', time, label: 'no' });
    expect(restarted.links).toMatchObject([{ traceId, spanId }]);
  });

  it('stands in the records of rows in bulk, and in none that nobody samples; a link that can’t be looked up costs no outcome', async () => {
    const feedbackTraces = openNotes<FeedbackTrace>(join(await temporaryFolder(), 'traces'));
    const { service, log } = await startRig([{}], { feedbackTraces });
    await service.listen({ host: '127.0.0.1', port: 0 });
    const post = async (what: string, payload: object, headers = {}) =>
      await service.app.inject({ method: 'POST', url: `/v1/models/${model}/${what}`, payload, headers });
    const inBulk = await post('predict/bulk', [goodRow, goodRow]);
    const [bulk = '', second = ''] = inBulk.json<{ id: string }[]>().map(({ id }) => id);
    const span = inBulk.headers['traceparent'];
    expect(await log.findTraces(model, [bulk, second], 9)).toEqual([span]);
    const traceparent = `00-${clientTrace}-b7ad6b7169203331-00`;
    const unsampled = await post('predict', { rows: [goodRow] }, { traceparent });
    const [{ id } = { id: '' }] = unsampled.json<{ predictions: { id: string }[] }>().predictions;
    expect(await log.findTraces(model, [id], 9)).toEqual([]);

    vi.spyOn(log, 'findTraces').mockRejectedValue(new Error('the disk is away'));
    const answered = await post('feedback', { outcomes: [{ id: bulk, label: 'yes' }] });
    expect(answered.json()).toMatchObject({ accepted: 1 });
    const [, , spanId] = String(answered.headers['traceparent']).split('-');
    expect((await untilSpan((one) => one.spanId === spanId)).links ?? []).toEqual([]);
  });

  it('is not begun where nobody collects it', async () => {
    expect(await openTracing('a test', {})).toBeNull();
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    expect(await openTracing('a test', { ...endpoint, OTEL_SDK_DISABLED: 'true' })).toBeNull();
    expect(await openTracing('a test', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBeNull();
    const rig = await startRig();
    expect((await rig.service.app.inject(`/v1/models/${model}`)).headers['traceparent']).toBeUndefined();
  });
});
