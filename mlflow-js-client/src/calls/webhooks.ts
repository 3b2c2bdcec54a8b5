import { z } from 'zod';
import { paginate } from '../http/paginate.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import { createWrite } from '../http/write.ts';
import { pageOf, webhookSchema, type Webhook } from '../schemas.ts';

export interface WebhookEvent {
  readonly entity: 'REGISTERED_MODEL' | 'MODEL_VERSION' | 'MODEL_VERSION_TAG' | 'MODEL_VERSION_ALIAS';
  readonly action: 'CREATED' | 'UPDATED' | 'DELETED' | 'SET';
}

export interface NewWebhook {
  readonly name: string;
  /** https and public, unless the server was started with other rules. */
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Deliveries are signed with it; see `verifyWebhook`. */
  readonly secret?: string;
  readonly description?: string;
}

export interface WebhookTest {
  readonly success: boolean;
  readonly responseStatus: number | null;
  readonly errorMessage: string;
}

/** MLflow 3.3 and newer; older servers reject with ENDPOINT_NOT_FOUND. */
export interface Webhooks {
  create(webhook: NewWebhook, options?: CallOptions): Promise<Webhook>;
  get(webhookId: string, options?: CallOptions): Promise<Webhook>;
  list(options?: CallOptions): AsyncGenerator<Webhook, void, undefined>;
  update(
    webhookId: string,
    change: Partial<NewWebhook> & { readonly status?: 'ACTIVE' | 'DISABLED' },
    options?: CallOptions,
  ): Promise<Webhook>;
  delete(webhookId: string, options?: CallOptions): Promise<void>;
  /** Has the server deliver an example now. */
  test(webhookId: string, event?: WebhookEvent, options?: CallOptions): Promise<WebhookTest>;
}

const oneWebhook = z.object({ webhook: webhookSchema });
const foundSchema = pageOf('webhooks', webhookSchema);
const testSchema = z.object({
  result: z
    .object({
      success: z.boolean().default(false),
      response_status: z.number().optional(),
      error_message: z.string().default(''),
    })
    .transform((one): WebhookTest => ({
      success: one.success,
      responseStatus: one.response_status ?? null,
      errorMessage: one.error_message,
    })),
});

export function createWebhooks(transport: Transport): Webhooks {
  const { call } = transport;
  const write = createWrite(transport);
  const pathOf = (webhookId: string): string => `webhooks/${encodeURIComponent(webhookId)}`;
  return {
    async create(webhook, options) {
      return (await call({ method: 'POST', path: 'webhooks', body: webhook, answer: oneWebhook }, options)).webhook;
    },
    async get(webhookId, options) {
      return (await call({ method: 'GET', path: pathOf(webhookId), answer: oneWebhook }, options)).webhook;
    },
    list: (options) =>
      paginate(async (pageToken) => {
        const query = { page_token: pageToken };
        return await call({ method: 'GET', path: 'webhooks', query, answer: foundSchema }, options);
      }),
    async update(webhookId, change, options) {
      const patch = {
        method: 'PATCH',
        path: pathOf(webhookId),
        body: change,
        answer: oneWebhook,
        isRepeatable: true,
      } as const;
      return (await call(patch, options)).webhook;
    },
    delete: (webhookId, options) => write('DELETE', pathOf(webhookId), undefined, options),
    async test(webhookId, event, options) {
      const path = `${pathOf(webhookId)}/test`;
      return (
        await call({ method: 'POST', path, body: event === undefined ? {} : { event }, answer: testSchema }, options)
      ).result;
    },
  };
}
