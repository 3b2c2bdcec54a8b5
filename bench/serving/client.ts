import { connect, type Socket } from 'node:net';

/** Answers as they come in. */
export type OnAnswer = (status: number, body: string) => void;

/** One connection that is kept, with one request on its way at a time. */
export interface Client {
  /** Not before the answer to the one before it. */
  send(request: Buffer, onAnswer: OnAnswer): void;
  close(): void;
}

/**
 * HTTP on a bare socket, so that whoever asks takes less of the machine than whoever answers: understands answers of a known length, and
 * nothing else.
 *
 * @param onBroken told when the connection breaks
 */
export function openClient(url: string, onBroken: (error: Error) => void): Client {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  let waiting: OnAnswer | null = null;
  let isClosed = false;
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    const answer = readAnswer(text);
    if (answer === null) return;
    text = '';
    const told = waiting;
    waiting = null;
    told?.(answer.status, answer.body);
  });
  socket.on('error', (error) => isClosed || onBroken(error));
  socket.on('close', () => isClosed || onBroken(new Error('the server closed the connection')));
  return {
    send(request, onAnswer) {
      waiting = onAnswer;
      socket.write(request);
    },
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
}

/** Null as long as it is not there as a whole. */
function readAnswer(text: string): { readonly status: number; readonly body: string } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (length === undefined) throw new Error(`an answer of unknown length: ${head}`);
  const from = end + 4;
  const to = from + Number(length);
  return text.length < to ? null : { status: Number(head.slice(9, 12)), body: text.slice(from, to) };
}

/** A POST of JSON, as bytes. */
export function toRequest(url: string, body: unknown): Buffer {
  const { host, pathname } = new URL(url);
  const text = JSON.stringify(body);
  const headers = `host: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}`;
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${headers}\r\n\r\n${text}`);
}
