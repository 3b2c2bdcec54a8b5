import type { Registry } from 'prom-client';
import type { Drawn, Rate } from '../security/rate-limiter.ts';
import type { Measured, Question, ToPrimary, ToWorker, WorkerCount } from './messages.ts';

/** What the processes behind one port know of each other, through the one that leads them. */
export interface ClusterLink {
  /** The metrics of all of them together, as text. */
  readMetrics(): Promise<string>;
  /** Takes from a caller's bucket that all of them share. */
  drawTokens(limiter: string, rate: Rate, caller: string): Promise<Drawn>;
  workers(): WorkerCount;
  /** Tells what this process counted whenever one of them is asked. */
  share(registry: Registry): void;
}

/** A process's channel to the one that started it, or what stands for it. */
export interface Channel {
  send(message: ToPrimary): void;
  onMessage(hear: (message: ToWorker) => void): void;
}

export function openClusterLink(channel: Channel): ClusterLink {
  const waiting = new Map<number, (answer: string | Drawn) => void>();
  let [asked, count, registry]: [number, WorkerCount, Registry | null] = [0, { running: 1, total: 1 }, null];
  const ask = (question: Question): Promise<string | Drawn> =>
    new Promise((answered) => {
      const id = (asked += 1);
      waiting.set(id, answered);
      channel.send({ type: 'ask', id, question });
    });
  const measure = async (id: number): Promise<void> => {
    const metrics = (await registry?.getMetricsAsJSON()) ?? [];
    channel.send({ type: 'measured', id, metrics: metrics as unknown as Measured });
  };
  channel.onMessage((message) => {
    if (message.type === 'workers') count = { running: message.running, total: message.total };
    else if (message.type === 'measure') void measure(message.id);
    else if (message.type === 'answer') {
      waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
    }
  });
  return {
    readMetrics: async () => (await ask({ kind: 'metrics' })) as string,
    drawTokens: async (limiter, rate, caller) => (await ask({ kind: 'tokens', limiter, rate, caller })) as Drawn,
    workers: () => count,
    share: (own) => void (registry = own),
  };
}

/** The link of a worker of node:cluster. What can't be sent any more is not answered: this process is about to end. */
export function linkToPrimary(): ClusterLink {
  return openClusterLink({
    send: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => undefined)),
    onMessage: (hear) => void process.on('message', hear),
  });
}
