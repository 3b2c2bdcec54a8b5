import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPredictionClient, PredictionError } from '../../../client/prediction-client.ts';
import { statusOfRefusal } from '../../../config/refusal-codes.ts';
import { toErrorBody, ServiceError, type ServiceErrorCode } from '../../../serving/errors.ts';
import { makeKey, startSecured } from '../serving/secured.ts';
import { goodRow, model, startRig } from '../serving/support.ts';

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers with one reply after the other, the last for ever, and counts how often it was asked. */
async function answering(...replies: readonly Reply[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    const reply = replies[Math.min(asked, replies.length - 1)];
    asked += 1;
    request.resume().once('end', () => reply?.(request, response));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

const refusing =
  (code: ServiceErrorCode): Reply =>
  (_request, response) => {
    const refusal = new ServiceError(code, 'a test');
    response.writeHead(refusal.statusCode, { 'retry-after': '0', 'x-request-id': 'r-9' });
    response.end(JSON.stringify(toErrorBody(refusal)));
  };

const accepted = { accepted: 1, duplicates: 0, unknown: [], removed: [], contradictions: [] };
const predicted = { model, version: '1', requestId: 'r', predictions: [] };
const json =
  (body: object): Reply =>
  (_request, response) =>
    void response.end(JSON.stringify(body));
const cutting: Reply = (_request, response) => void response.destroy();

const outcomes = { outcomes: [{ id: 'x', label: 'yes' }] };
const rows = { rows: [goodRow] };

async function failure(work: Promise<unknown>): Promise<PredictionError> {
  const error = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error instanceof PredictionError) return error;
  throw new Error(`no PredictionError: ${String(error)}`);
}

describe('the prediction client', () => {
  it.each(['overloaded', 'stopping', 'rate-exceeded'] as const)(
    'asks again for a prediction that was %s',
    async (code) => {
      const { url, asked } = await answering(refusing(code), refusing(code), json(predicted));
      expect(await createPredictionClient(url).predict(model, rows)).toEqual(predicted);
      expect(asked()).toBe(3);
    },
  );

  it.each([
    ['the connection broke', cutting, 'unreachable'],
    ['the log failed', refusing('log-unavailable'), 'log-unavailable'],
    ['it failed inside', refusing('internal'), 'internal'],
  ])('does not ask twice for a prediction that may have been made: %s', async (_name, reply, code) => {
    const { url, asked } = await answering(reply, json(predicted));
    expect(await failure(createPredictionClient(url).predict(model, rows))).toMatchObject({ code });
    expect(asked()).toBe(1);
  });

  it('sends outcomes again whatever went wrong on the way, as often as it may', async () => {
    const { url } = await answering(cutting, refusing('log-unavailable'), json(accepted));
    expect(await createPredictionClient(url).feedback(model, outcomes)).toEqual(accepted);
    const broken = await answering(cutting);
    const client = createPredictionClient(broken.url, { retries: 1 });
    expect(await failure(client.feedback(model, outcomes))).toMatchObject({ status: 0, code: 'unreachable' });
    expect(broken.asked()).toBe(2);
  });

  it('does not repeat what is wrong', async () => {
    const { url, asked } = await answering(refusing('label-invalid'));
    expect(await failure(createPredictionClient(url).feedback(model, outcomes))).toMatchObject({
      status: 400,
      code: 'label-invalid',
      requestId: 'r-9',
    });
    expect(asked()).toBe(1);
  });

  it('gives up an answer that does not come', async () => {
    const { url } = await answering(() => undefined);
    const client = createPredictionClient(url, { timeoutMs: 20, retries: 0 });
    expect(await failure(client.status(model))).toMatchObject({ status: 0, code: 'timed-out' });
  });

  it('does not take the page of a proxy for an answer', async () => {
    const { url } = await answering((_request, response) => void response.end('<html>'));
    expect(await failure(createPredictionClient(url).predict(model, rows))).toMatchObject({ code: 'unknown-answer' });
  });

  it('shows its key', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    const { key } = await makeKey(rig.directory, ['predict']);
    const url = `http://127.0.0.1:${await rig.service.listen({ host: '127.0.0.1', port: 0 })}/`;
    const client = createPredictionClient(url, { key });
    while ((await client.status(model).catch(() => null)) === null);
    expect(await client.predict(model, rows)).toMatchObject({ model, version: '1' });
    expect(await failure(createPredictionClient(url).predict(model, rows))).toMatchObject({ code: 'unauthenticated' });
    expect(await failure(client.feedback(model, outcomes))).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('what the client sends and reads', () => {
  it('is what the OpenAPI document describes', async () => {
    const rig = await startRig();
    const url = `http://127.0.0.1:${await rig.service.listen({ host: '127.0.0.1', port: 0 })}`;
    const { paths } = (await rig.service.app.inject('/openapi.json')).json<{ paths: Paths }>();
    const client = createPredictionClient(url);
    const answer = await client.predict(model, rows);
    const sent = { outcomes: [{ id: answer.predictions[0]?.id ?? '', label: 'yes' }] };
    const predict = paths['/v1/models/{name}/predict']?.['post'];
    const feedback = paths['/v1/models/{name}/feedback']?.['post'];
    expect(problems(predict?.requestBody, rows)).toEqual(null);
    expect(problems(predict?.responses['200'], answer)).toEqual(null);
    expect(problems(feedback?.requestBody, sent)).toEqual(null);
    expect(problems(feedback?.responses['200'], await client.feedback(model, sent))).toEqual(null);
    expect(problems(paths['/v1/models/{name}']?.['get']?.responses['200'], await client.status(model))).toEqual(null);
    expect(problems(predict?.responses['401'], toErrorBody(new ServiceError('unauthenticated', 'x')))).toEqual(null);
    expect(problems(predict?.requestBody, { rows: 'none' })).not.toEqual(null);
  });

  it('is a refusal in the same words for every path and every status that refuses', async () => {
    const rig = await startRig();
    const { paths } = (await rig.service.app.inject('/openapi.json')).json<{ paths: Paths }>();
    const body = toErrorBody(new ServiceError('request-invalid', 'x', { field: 'rows' }));
    const others: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const { responses } of Object.values(operations)) {
        for (const [status, content] of Object.entries(responses).filter(([code]) => Number(code) >= 400)) {
          const isRefusal = problems(content, body) === null && problems(content, { error: {} }) !== null;
          if (!isRefusal) others.push(`${path} ${status}`);
        }
      }
    }
    // A probe tells what is wrong in words of its own; outcomes that contradict the record are listed.
    expect(others.toSorted()).toEqual(['/ready 503', '/v1/models/{name}/feedback 409']);
  });

  it('has every refusal at a status that the document knows', async () => {
    const rig = await startRig();
    const { paths } = (await rig.service.app.inject('/openapi.json')).json<{ paths: Paths }>();
    const known = new Set(
      Object.values(paths).flatMap((path) => Object.values(path).flatMap(({ responses }) => Object.keys(responses))),
    );
    // 405 and 431 belong to no operation: they are what is no operation of the document.
    for (const status of Object.values(statusOfRefusal)) {
      if (status !== 405 && status !== 431) expect(known).toContain(String(status));
    }
  });
});

interface Content {
  readonly content: Record<string, { readonly schema: object }>;
}
type Paths = Record<
  string,
  Record<string, { readonly requestBody: Content; readonly responses: Record<string, Content> }>
>;

function problems(content: Content | undefined, value: unknown): unknown {
  const schema = content?.content['application/json']?.schema ?? { not: {} };
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  return validate(value) ? null : validate.errors;
}
