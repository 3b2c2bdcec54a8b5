import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyWebhook } from '../src/index.ts';

const secret = 'whsec';
const nowMs = 1_800_000_000_000;
const message = {
  entity: 'model_version_alias',
  action: 'created',
  timestamp: '2027-01-15T08:00:00+00:00',
  data: { name: 'prices', alias: 'champion', version: '3' },
};
const body = JSON.stringify(message);

function deliver(
  changes: { body?: string; at?: string; secret?: string; headers?: Record<string, string | undefined> } = {},
) {
  const at = changes.at ?? String(nowMs / 1_000);
  const text = changes.body ?? body;
  const signature = createHmac('sha256', changes.secret ?? secret)
    .update(`d-1.${at}.${text}`)
    .digest('base64');
  const headers = { 'X-MLflow-Delivery-Id': 'd-1', 'X-MLflow-Timestamp': at, 'X-MLflow-Signature': `v1,${signature}` };
  return { secret, nowMs, body: text, headers: { ...headers, ...changes.headers } };
}

describe('a webhook delivery', () => {
  it('that the server signed is told with its event, whatever the case of its headers', () => {
    const delivery = deliver();
    const lower = Object.fromEntries(
      Object.entries(delivery.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    for (const headers of [delivery.headers, lower]) {
      expect(verifyWebhook({ ...delivery, headers })).toEqual({ ok: true, deliveryId: 'd-1', event: message });
    }
    expect(verifyWebhook({ ...delivery, body: Buffer.from(body) })).toMatchObject({ ok: true });
  });

  it.each([
    ['with another secret', deliver({ secret: 'other' }), 'signature-wrong'],
    ['for another body', { ...deliver(), body: body.replace('"3"', '"4"') }, 'signature-wrong'],
    ['of another kind', deliver({ headers: { 'X-MLflow-Signature': 'v2,abc' } }), 'signature-wrong'],
    ['cut short', deliver({ headers: { 'X-MLflow-Signature': 'v1,YWJj' } }), 'signature-wrong'],
    ['not at all', deliver({ headers: { 'X-MLflow-Signature': undefined } }), 'header-missing'],
    ['six minutes ago', deliver({ at: String(nowMs / 1_000 - 360) }), 'timestamp-off'],
    ['six minutes from now', deliver({ at: String(nowMs / 1_000 + 360) }), 'timestamp-off'],
    ['at no time', deliver({ at: 'now' }), 'timestamp-off'],
    ['but is no event', deliver({ body: '{"hello":1}' }), 'body-invalid'],
    ['but is no JSON', deliver({ body: 'hello' }), 'body-invalid'],
  ])('signed %s is refused', (_, delivery, problem) => {
    expect(verifyWebhook(delivery)).toEqual({ ok: false, problem });
  });

  it('may be as old as the caller says', () => {
    const old = deliver({ at: String(nowMs / 1_000 - 360) });
    expect(verifyWebhook({ ...old, toleranceMs: 400_000 })).toMatchObject({ ok: true });
  });
});
