import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export interface WebhookDelivery {
  readonly secret: string;
  /** As they arrived; names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The very bytes of the body, not what a parser made of them. */
  readonly body: string | Uint8Array;
  /** Deliveries whose clock is further off are refused: they may be repeated by somebody who listened. @default 300,000 */
  readonly toleranceMs?: number;
  /** @default now */
  readonly nowMs?: number;
}

export type WebhookProblem = 'header-missing' | 'timestamp-off' | 'signature-wrong' | 'body-invalid';

export type VerifiedWebhook =
  | { readonly ok: true; readonly deliveryId: string; readonly event: WebhookMessage }
  | { readonly ok: false; readonly problem: WebhookProblem };

const messageSchema = z.object({
  entity: z.string(),
  action: z.string(),
  timestamp: z.string(),
  data: z.record(z.string(), z.unknown()),
});
/** What happened, e.g. entity `model_version_alias`, action `created`, data `{name, alias, version}`. */
export type WebhookMessage = z.output<typeof messageSchema>;

const defaultToleranceMs = 300_000;

/**
 * Says whether a delivery comes from the server that knows the secret, and is fresh. Its signature is
 * `v1,<base64 of HMAC-SHA256(secret, "<id>.<timestamp>.<body>")>`; compared in constant time. A delivery is a hint that something
 * changed: ask the server for the truth.
 */
export function verifyWebhook(delivery: WebhookDelivery): VerifiedWebhook {
  const { secret, headers, body, toleranceMs = defaultToleranceMs, nowMs = Date.now() } = delivery;
  const find = headerReader(headers);
  const deliveryId = find('x-mlflow-delivery-id');
  const timestamp = find('x-mlflow-timestamp');
  const signature = find('x-mlflow-signature');
  if (deliveryId === null || timestamp === null || signature === null) return { ok: false, problem: 'header-missing' };
  const atMs = Number(timestamp) * 1_000;
  // Written so that NaN is off, too.
  if (!(Math.abs(nowMs - atMs) <= toleranceMs)) return { ok: false, problem: 'timestamp-off' };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const expected = createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.`).update(bytes).digest();
  const isRight = signature.split(' ').some((one) => isSame(one, expected));
  if (!isRight) return { ok: false, problem: 'signature-wrong' };
  const message = messageSchema.safeParse(parseOrNull(Buffer.from(bytes).toString('utf8')));
  return message.success ? { ok: true, deliveryId, event: message.data } : { ok: false, problem: 'body-invalid' };
}

function isSame(signature: string, expected: Buffer): boolean {
  if (!signature.startsWith('v1,')) return false;
  const given = Buffer.from(signature.slice('v1,'.length), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function headerReader(headers: WebhookDelivery['headers']): (name: string) => string | null {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : (value?.[0] ?? null);
  };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
