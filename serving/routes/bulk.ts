import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { errorSchema } from '../../config/wire.ts';
import type { PrivacyPolicy } from '../../domain/answers/settings.ts';
import type { DataSchema } from '../../domain/table.ts';
import { answerBatches, type Answers } from '../bulk/answer-batches.ts';
import type { Batch } from '../bulk/batch.ts';
import { readArrow } from '../bulk/read-arrow.ts';
import { readCsv, readJson, readNdjson } from '../bulk/read-rows.ts';
import type { AboutColumns, RowForm } from '../bulk/row-form.ts';
import { writeArrow } from '../bulk/write-arrow.ts';
import { writeCsv, writeJson, writeNdjson } from '../bulk/write-answers.ts';
import { findModel, noChampion, settingsOf, type Dependencies } from '../dependencies.ts';
import { ServiceError } from '../errors.ts';
import type { App } from './register.ts';

const forms = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/vnd.apache.arrow.stream': 'arrow',
} as const;
type MediaType = keyof typeof forms;

const mediaTypes = Object.keys(forms) as MediaType[];
/** What is read as a whole (JSON), or as one line or cell, may be as large as this. */
const wholeLimitBytes = 16 * 1024 * 1024;

const params = z.object({ name: z.string() });
const refusals = { 404: errorSchema, 406: errorSchema };
const columnName = z.string().min(1).max(200);
const querystring = z.object({
  /** `false` scores only: nothing is logged, so that no outcome can be reported, and no monitor sees it. */
  log: z.enum(['true', 'false']).default('true'),
  /** `outputs` leaves words out of an Arrow answer: columns of probabilities or values alone. Only with `log=false`. */
  columns: z.enum(['all', 'outputs']).default('all'),
  /** The column, or field of a row, that says who or what the row is about. */
  entity: columnName.optional(),
  /** The column, or field of a row, with its event time. */
  time: columnName.optional(),
});

/** Rows without end, in and out, in the form that content-type and accept say; what is read is answered before more is read. */
export function registerBulk(app: App, deps: Dependencies): void {
  void app.register(async (scope: FastifyInstance) => {
    scope.removeAllContentTypeParsers();
    // Others too, so that they are refused in the words of this route.
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    const summary = `Predict any number of rows: ${mediaTypes.join(', ')}, in and out`;
    scope.post(
      '/v1/models/:name/predict/bulk',
      { config: { access: ['predict'], isLoad: true }, schema: { summary, params, querystring, response: refusals } },
      async ({ id, params: path, query, headers, body, traceparent }, reply) => {
        const { name } = path as z.infer<typeof params>;
        const { log, columns, entity = null, time = null } = query as z.infer<typeof querystring>;
        const from = mediaTypeOf(headers['content-type'] ?? 'application/json');
        const to = acceptedType(headers.accept, from);
        const isLogged = log === 'true';
        const wantsOutputs = columns === 'outputs';
        refuseContradiction(wantsOutputs, isLogged, to);
        const answered = await answer(
          deps,
          { name, requestId: id, traceparent, from, to, isLogged, wantsOutputs, about: { entity, time } },
          // Null where the request has no body at all.
          (body as Readable | null | undefined) ?? Readable.from([]),
        );
        return await reply.header('content-type', to).send(answered);
      },
    );
  });
}

function mediaTypeOf(header: string): MediaType {
  const type = header.split(';', 1)[0]!.trim().toLowerCase();
  if (type in forms) return type as MediaType;
  throw new ServiceError('media-type-unsupported', `"${type}" is not read here: send ${mediaTypes.join(', ')}`);
}

/** The first that is known; without one, the form of the request. */
function acceptedType(accept: string | undefined, otherwise: MediaType): MediaType {
  const asked = (accept ?? '*/*').split(',').map((one) => one.split(';', 1)[0]!.trim().toLowerCase());
  const known = asked.find((type) => type in forms) as MediaType | undefined;
  if (known !== undefined) return known;
  if (asked.includes('*/*')) return otherwise;
  throw new ServiceError('not-acceptable', `answers come as ${mediaTypes.join(', ')}: accept one of them`);
}

function refuseContradiction(wantsOutputs: boolean, isLogged: boolean, to: MediaType): void {
  if (!wantsOutputs || (!isLogged && forms[to] === 'arrow')) return;
  const message = 'columns=outputs needs log=false and an Arrow answer: what is logged has ids, and rows have words';
  throw new ServiceError('request-invalid', message, { field: 'columns' });
}

interface Asked {
  readonly name: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly from: MediaType;
  readonly to: MediaType;
  readonly isLogged: boolean;
  readonly wantsOutputs: boolean;
  readonly about: AboutColumns;
}

/** Entities and times are logged as they are: what must not be seen can't name them. */
function refuseHidden({ entity, time }: AboutColumns, { hash, omit }: PrivacyPolicy): void {
  for (const [field, name] of Object.entries({ entity, time })) {
    if (name === null || ![...hash, ...omit].includes(name)) continue;
    const message = `"${name}" is hashed or left out of the log (privacy), and an entity or time is logged as it is: name another column`;
    throw new ServiceError('request-invalid', message, { field });
  }
}

async function answer(deps: Dependencies, asked: Asked, body: Readable): Promise<Readable> {
  const slots = await findModel(deps, asked.name);
  const { champion } = slots.current();
  if (champion === null) throw noChampion(slots);
  const { schema } = champion.model.signature;
  if (asked.isLogged) refuseHidden(asked.about, settingsOf(deps, slots.model).privacy);
  const release = champion.acquire();
  const { requestId, traceparent, isLogged, wantsOutputs, to } = asked;
  const tells = wantsOutputs ? 'outputs' : forms[to] === 'arrow' ? 'columns' : 'all';
  const request = { deps, model: slots.model, requestId, traceparent, champion, isLogged, tells } as const;
  const written = write(asked, answerBatches(request, read(asked.from, body, { schema, about: asked.about })), schema);
  try {
    // What is wrong from the start is refused with a status of its own; later only the stream can be broken off.
    const first = await written.next();
    return Readable.from(continued(first, written, release), { objectMode: false });
  } catch (error) {
    release();
    throw error;
  }
}

type Written = AsyncGenerator<string | Uint8Array>;

async function* continued(first: IteratorResult<string | Uint8Array>, rest: Written, release: () => void): Written {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    release();
  }
}

function read(type: MediaType, body: Readable, form: RowForm): AsyncGenerator<Batch> {
  switch (forms[type]) {
    case 'json':
      return readJson(body, form, wholeLimitBytes);
    case 'ndjson':
      return readNdjson(body, form, wholeLimitBytes);
    case 'csv':
      return readCsv(body, form, wholeLimitBytes);
    case 'arrow':
      return readArrow(body, form);
  }
}

function write({ to, wantsOutputs }: Asked, answers: AsyncGenerator<Answers>, schema: DataSchema): Written {
  switch (forms[to]) {
    case 'json':
      return writeJson(answers);
    case 'ndjson':
      return writeNdjson(answers);
    case 'csv':
      return writeCsv(answers, schema);
    case 'arrow':
      return writeArrow(answers, schema, !wantsOutputs);
  }
}
