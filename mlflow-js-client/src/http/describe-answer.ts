import { z } from 'zod';
import { MlflowError, type MlflowErrorCode } from '../errors.ts';

const errorSchema = z.object({
  error_code: z.union([z.string(), z.number()]).optional(),
  message: z.string().optional(),
});

const known: ReadonlySet<string> = new Set<MlflowErrorCode>([
  'RESOURCE_DOES_NOT_EXIST',
  'RESOURCE_ALREADY_EXISTS',
  'INVALID_PARAMETER_VALUE',
  'INVALID_STATE',
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'REQUEST_LIMIT_EXCEEDED',
  'TEMPORARILY_UNAVAILABLE',
  'INTERNAL_ERROR',
  'ENDPOINT_NOT_FOUND',
]);

const shownCharacters = 300;

/** A refusal, from JSON as MLflow writes it, or from the HTML or text that a gateway or a framework writes. */
export function describeRefusal(where: string, status: number, body: string): MlflowError {
  const parsed = errorSchema.safeParse(parseJson(body));
  const serverCode = parsed.success && parsed.data.error_code !== undefined ? String(parsed.data.error_code) : null;
  const said = (parsed.success ? parsed.data.message : undefined) ?? toPlainText(body);
  const code = codeFor(status, serverCode, said);
  const advice = adviceFor(code, serverCode);
  const words = [said === '' ? `answered ${status}` : said, ...(advice === null ? [] : [advice])].join(' — ');
  return new MlflowError(code, `${where}: ${words}`, { status, serverCode });
}

function codeFor(status: number, serverCode: string | null, said: string): MlflowErrorCode {
  // A missing alias is called an invalid parameter.
  if (serverCode === 'INVALID_PARAMETER_VALUE' && /alias .* not found/i.test(said)) return 'RESOURCE_DOES_NOT_EXIST';
  // MLflow 2 calls a missing artifact an internal error.
  if (serverCode === 'INTERNAL_ERROR' && /No such file or directory|No such artifact/.test(said))
    return 'RESOURCE_DOES_NOT_EXIST';
  if (serverCode !== null && known.has(serverCode)) return serverCode as MlflowErrorCode;
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return /host header/i.test(said) ? 'HOST_NOT_ALLOWED' : 'PERMISSION_DENIED';
  if (serverCode !== null) return 'REFUSED';
  if (status === 404 || status === 405) return 'ENDPOINT_NOT_FOUND';
  if (status === 429) return 'REQUEST_LIMIT_EXCEEDED';
  if (status === 502 || status === 503 || status === 504) return 'TEMPORARILY_UNAVAILABLE';
  return status >= 500 ? 'INTERNAL_ERROR' : 'REFUSED';
}

function adviceFor(code: MlflowErrorCode, serverCode: string | null): string | null {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 'the server wants credentials, or refuses those given: check user name and password, or the token';
    case 'PERMISSION_DENIED':
      return 'these credentials may not do this: ask who runs the server';
    case 'HOST_NOT_ALLOWED':
      return 'start the server with --allowed-hosts naming the host in the tracking URI';
    case 'ENDPOINT_NOT_FOUND':
      return serverCode === null ? 'the server is too old for this call, or this is not the address of MLflow' : null;
    default:
      return null;
  }
}

/** An answer that should have been JSON of a certain shape. */
export function describeUnexpected(where: string, status: number, body: string, why: string): MlflowError {
  const text = toPlainText(body);
  const said = text === '' ? 'nothing' : `"${text}"`;
  const advice = 'is this the address of an MLflow server, and not of a page in front of it?';
  return new MlflowError('UNEXPECTED_ANSWER', `${where}: ${why}; it said ${said} — ${advice}`, { status });
}

/** JSON, or undefined. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Text without tags, on one line, cut to what fits a message. */
function toPlainText(body: string): string {
  const text = body
    .replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)} …` : text;
}
