import { z } from 'zod';
import { predictionSchema } from '../../config/wire.ts';
import { jsonBodySchema } from './read-rows.ts';

type Content = Record<string, { readonly schema: object; example?: unknown }>;

export const bulkPath = '/v1/models/{name}/predict/bulk';

const bytes = 'application/vnd.apache.arrow.stream';

/** What goes in, in its four forms: the framework must not look at it, as it is read while it comes. */
export const bulkRequestBody: { readonly description: string; readonly required: boolean; readonly content: Content } =
  {
    description: 'Rows of features. `entity` and `time` name columns, or fields of rows, that say what a row is about',
    required: true,
    content: {
      'application/json': { schema: toJsonSchema(jsonBodySchema, 'input') },
      'application/x-ndjson': { schema: anyText('application/x-ndjson', 'A JSON object of features a line') },
      'text/csv': {
        schema: anyText('text/csv', 'A header of column names, then a line a row; an empty cell is missing'),
      },
      [bytes]: { schema: binary('An Arrow IPC stream with a column for each feature') },
    },
  };

const answeredRow = predictionSchema.partial().extend({
  /** Counted from 1. */
  row: z.number().int(),
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }).optional(),
});

/** What comes out: an answer or an error for each row, in their order. */
export const bulkAnswer: { readonly description: string; readonly content: Content } = {
  description: 'A prediction, or an error in its place, for each row, in the form that `accept` names',
  content: {
    'application/json': { schema: toJsonSchema(z.array(answeredRow), 'output') },
    'application/x-ndjson': { schema: text('A prediction or an error a line, with the number of its row') },
    'text/csv': { schema: text('`row,id,label,probability,p_<class>…,abstained,error`, or `value,low,high`') },
    [bytes]: { schema: binary('An Arrow IPC stream of `id`, `label`, `error` and `p_<class>` or `value`') },
  },
};

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _draft, ...described } = z.toJSONSchema(schema, { io });
  return described;
}

function text(description: string): object {
  return { type: 'string', description };
}

/** Without a type: OpenAPI's `string` would be one in quotes to whoever checks a body that is `1`, and `1` is a line of either. */
function anyText(contentMediaType: string, description: string): object {
  return { contentMediaType, description: `Text in UTF-8. ${description}` };
}

function binary(description: string): object {
  return { type: 'string', format: 'binary', description };
}
