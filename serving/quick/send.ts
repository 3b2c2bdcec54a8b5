import type { ServerResponse } from 'node:http';
import { headersOfApi } from '../security/headers.ts';

/** Sends an answer in JSON with the headers that all answers have. */
export function createSender(
  isTls: boolean,
  isClosing: () => boolean,
): (response: ServerResponse, body: string) => void {
  const common = ['content-type', 'application/json; charset=utf-8', ...headersOfApi(isTls).flat()];
  return (response, body) => {
    const headers = [...common, 'content-length', String(Buffer.byteLength(body))];
    if (isClosing()) headers.push('connection', 'close');
    response.writeHead(200, headers);
    response.end(body);
  };
}
