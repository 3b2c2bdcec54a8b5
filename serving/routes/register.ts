import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  errorSchema,
  feedbackAnswerSchema,
  feedbackRequestSchema,
  modelStatusSchema,
  predictAnswerSchema,
  predictRequestSchema,
  verifyAnswerSchema,
  verifyRequestSchema,
} from '../../config/wire.ts';
import type { Dependencies } from '../dependencies.ts';
import { registerBulk } from './bulk.ts';
import { createFeedbackTaker } from './feedback.ts';
import { reread } from '../quick/read-body.ts';
import { predictRows } from './predict.ts';
import { serializeAsIs, validatePredict } from './quick-json.ts';
import { describeModel, verifyVersion } from './status.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const params = z.object({ name: z.string() });
const refusals = { 400: errorSchema, 404: errorSchema, 503: errorSchema };

/** Every route with its schemas; /openapi.json is made from them. */
export function registerRoutes(app: App, deps: Dependencies): void {
  registerModelRoutes(app, deps);
  registerBulk(app, deps);
  registerOperatorRoutes(app, deps);
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () => app.swagger());
}

function registerModelRoutes(app: App, deps: Dependencies): void {
  const querystring = z.object({ explain: z.enum(['true', 'false']).optional() });
  const predict = { summary: 'Predict rows', params, querystring, body: predictRequestSchema };
  app.post(
    '/v1/models/:name/predict',
    {
      config: { access: ['predict'], isLoad: true },
      validatorCompiler: validatePredict,
      serializerCompiler: serializeAsIs,
      preParsing: (request, _reply, payload, done) => done(null, reread(request.raw) ?? payload),
      schema: { ...predict, response: { 200: predictAnswerSchema, ...refusals } },
    },
    ({ id, params: { name }, body, query, traceparent }) =>
      predictRows(deps, name, { requestId: id, ...body }, { isExplained: query.explain === 'true', traceparent }),
  );

  const takeFeedback = createFeedbackTaker(deps);
  const contradicted = errorSchema.extend(feedbackAnswerSchema.shape);
  const feedback = { summary: 'Report outcomes of predictions', params, body: feedbackRequestSchema };
  app.post(
    '/v1/models/:name/feedback',
    {
      config: { access: ['feedback'], isLoad: true },
      schema: {
        ...feedback,
        response: { 200: feedbackAnswerSchema, 409: contradicted, 410: errorSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { statusCode, body, of } = await takeFeedback(request.params.name, request.body);
      request.outcomesOf = of;
      void reply.code(statusCode);
      return body;
    },
  );
}

function registerOperatorRoutes(app: App, deps: Dependencies): void {
  app.get(
    '/v1/models/:name',
    {
      config: { access: ['read', 'predict', 'feedback'] },
      schema: { summary: 'What is loaded and serves', params, response: { 200: modelStatusSchema, 404: errorSchema } },
    },
    (request) => describeModel(deps, request.params.name),
  );
  const verify = { summary: 'Replay the golden predictions of a loaded version', params, body: verifyRequestSchema };
  app.post(
    '/v1/models/:name/verify',
    {
      config: { access: ['admin'] },
      schema: { ...verify, response: { 200: verifyAnswerSchema, 400: errorSchema, 404: errorSchema } },
    },
    (request) => verifyVersion(deps, request.params.name, request.body.version),
  );
}
