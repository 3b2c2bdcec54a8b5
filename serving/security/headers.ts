import type { onSendHookHandler } from 'fastify';

/** For answers that no browser should show, run, or keep. */
const apiHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** For pages: everything from here, nothing inline, in nobody's frame. */
const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A year, as browsers are used to. */
const strictTransport = { 'strict-transport-security': 'max-age=31536000' };

/**
 * Adds what tells a browser to be careful. A route that says something of its own keeps it.
 *
 * @param isClosing true when the connection must not be kept
 */
export function createHeadersHook(isTls: boolean, isClosing: () => boolean): onSendHookHandler {
  return (_request, reply, payload, done) => {
    const type = reply.getHeader('content-type');
    const isPage = typeof type === 'string' && !type.startsWith('application/json');
    for (const [name, value] of isPage ? pageEntries : apiEntries) {
      if (!isPage || !reply.hasHeader(name)) void reply.header(name, value);
    }
    if (isTls) void reply.headers(strictTransport);
    // A connection that is kept alive would keep the process alive, too.
    if (isClosing()) void reply.header('connection', 'close');
    done(null, payload);
  };
}

/** For answers in JSON, as pairs. */
export function headersOfApi(isTls: boolean): readonly (readonly [string, string])[] {
  return Object.entries(isTls ? { ...apiHeaders, ...strictTransport } : apiHeaders);
}

const apiEntries = Object.entries(apiHeaders);
const pageEntries = Object.entries(pageHeaders);
