import type { Worker } from 'node:cluster';

/** What node:cluster writes to a worker with a connection, and what comes back when the worker has looked at it. */
interface HandOver {
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

interface Handle {
  close(): void;
}

/** What a worker said before it died has been read by then. */
const lastWordsMs = 100;

/**
 * Closes the connections that were on their way to a worker when it died, so that whoever asks is told at once and may ask again:
 * node:cluster keeps them open for ever, because nobody says any more whether the worker took them.
 */
export function closeOrphans(worker: Worker): Worker {
  const child = worker.process;
  const onTheirWay = new Map<number, Handle>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (message: HandOver, handle?: unknown, ...more: unknown[]) => {
    if (message.act === 'newconn' && message.seq !== undefined) onTheirWay.set(message.seq, handle as Handle);
    return send(message, handle, ...more);
  };
  child.on('internalMessage', ({ ack }: HandOver) => void (ack !== undefined && onTheirWay.delete(ack)));
  // The channel of a dead worker is not said to be closed as long as a connection is on its way.
  child.once('exit', () => {
    setTimeout(() => onTheirWay.forEach((handle) => handle.close()), lastWordsMs);
  });
  return worker;
}
