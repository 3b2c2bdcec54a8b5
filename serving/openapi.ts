import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { RouteOptions } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { errorSchema } from '../config/wire.ts';
import { bulkAnswer, bulkPath, bulkRequestBody } from './bulk/describe.ts';
import type { Access } from './security/caller.ts';
import { accessOf } from './security/guard.ts';

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

/** How /openapi.json is made: the routes' own schemas, and what all routes have in common. */
export const openapiOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Incumbent prediction service',
      version: '1',
      description:
        'Predictions by the champion of each model, and their outcomes when they are known. Every refusal is ' +
        '`{"error": {"code", "message", "field"?}}`, with the id of the request in `x-request-id`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`incumbent keys create`), or a JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key' },
        basic: { type: 'http', scheme: 'basic', description: 'For browsers: an API key as password' },
      },
    },
  },
  transform: (input) => {
    const { schema, route } = input as { schema?: object; route: RouteOptions };
    return (jsonSchemaTransform as unknown as Transform)({
      ...input,
      schema: { ...schema, ...commonTo(route, schema) },
    });
  },
  transformObject: (input) => addBulk(addExamples(input)),
};

const refusal = (description: string) => ({
  description,
  content: { 'application/json': { schema: errorSchema } },
});

/** Security of a route, and the refusals that come from before it is reached. */
function commonTo(route: RouteOptions, schema: { readonly response?: object } = {}): object {
  const access = accessOf(route);
  const response = { ...refusalsOf(route, access), ...schema.response };
  return access === 'public' ? { security: [], response } : { security: securityOf(access), response };
}

function securityOf(access: readonly string[]): readonly Record<string, readonly string[]>[] {
  return [{ bearer: access }, { apiKey: access }, { basic: access }];
}

/** What any route may be answered with. */
const misdirected = {
  421: refusal('Without keys: the request is for the name of another host than this machine'),
};

function refusalsOf({ method, config }: RouteOptions, access: Access): object {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return {
    ...misdirected,
    ...(hasBody && {
      400: refusal('The request is not as described; `field` says where'),
      413: refusal('The body is too large'),
      415: refusal('The body is of a kind that is not taken'),
      500: refusal('Something failed inside; nothing is said of it here'),
    }),
    ...(access !== 'public' && {
      401: refusal('No key or token, or one that does not hold'),
      403: refusal('The key or token does not have the scope'),
      429: refusal('More requests than this caller may send; `retry-after` says when to come again'),
    }),
    ...((config?.isLoad === true || access !== 'public') && {
      503: refusal('Not now: overloaded, stopping, or not able to log; `retry-after` says when to come again'),
    }),
  };
}

interface OpenApiObject {
  readonly paths?: Record<string, Record<string, Operation>>;
}

interface Operation {
  requestBody?: { readonly content: Record<string, { example?: unknown }> };
  responses?: Record<string, { readonly content?: Record<string, { example?: unknown }> }>;
}

const id = '1795680000000-r1-k3f9000001';
const row = { price: 0.06, demand: 0.4, region: 'north', holiday: false };
const examples: Readonly<Record<string, { readonly request: object; readonly answer: object }>> = {
  '/v1/models/{name}/predict': {
    request: { rows: [row], entities: ['customer-17'] },
    answer: {
      model: 'electricity',
      version: '3',
      requestId: 'b6f0c1d2',
      predictions: [{ id, label: 'up', probability: 0.81, probabilities: { down: 0.19, up: 0.81 } }],
    },
  },
  '/v1/models/{name}/feedback': {
    request: { outcomes: [{ id, label: 'up', labelTime: '2026-11-26T12:00:00Z' }] },
    answer: { accepted: 1, duplicates: 0, unknown: [], removed: [], contradictions: [] },
  },
  '/v1/models/{name}/verify': { request: { version: '3' }, answer: { version: '3', maxDifference: 0 } },
};

const refusalExample = { error: { code: 'request-invalid', message: 'rows: Too small', field: 'rows' } };

function addExamples(input: object): OpenApiObject {
  const { openapiObject } = input as { readonly openapiObject: OpenApiObject };
  for (const [path, { request, answer }] of Object.entries(examples)) {
    const operation = openapiObject.paths?.[path]?.['post'];
    addExample(operation?.requestBody?.content, request);
    addExample(operation?.responses?.['200']?.content, answer);
    addExample(operation?.responses?.['400']?.content, refusalExample);
  }
  return openapiObject;
}

/** A body that is a stream has no schema that the framework could hold it to. */
function addBulk(document: OpenApiObject): OpenApiObject {
  const operation = document.paths?.[bulkPath]?.['post'];
  if (operation === undefined) return document;
  operation.requestBody = bulkRequestBody;
  operation.responses = { ...operation.responses, 200: bulkAnswer };
  return document;
}

function addExample(content: Record<string, { example?: unknown }> | undefined, example: object): void {
  const json = content?.['application/json'];
  if (json !== undefined) json.example = example;
}
