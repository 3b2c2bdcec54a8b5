import { AggregatorRegistry } from 'prom-client';
import { createRateLimiter, type Drawn, type LocalRateLimiter, type Rate } from '../security/rate-limiter.ts';
import type { Measured, Question, ToPrimary, ToWorker } from './messages.ts';

/** A worker, as the process that leads it hears and tells it. */
export interface Member {
  send(message: ToWorker): void;
}

/** What workers share: the sum of their metrics, and the buckets of those who ask. */
export interface Hub {
  /** From when it answers requests on. */
  join(member: Member): void;
  leave(member: Member): void;
  hear(member: Member, message: ToPrimary): void;
}

/** A worker that has not told its metrics by then is left out of the sum, but for what it told last. */
const measureTimeoutMs = 2_000;

interface Seat {
  /** What it told last. */
  metrics: Measured;
  readonly pending: Map<number, () => void>;
}

export function createHub(total: number): Hub {
  const seats = new Map<Member, Seat>();
  const draw = createSharedBuckets(total);
  // Sums never go back because a worker died: what it counted stays, as far as it was told.
  let departed: Measured = [];
  let measures = 0;

  const readMetrics = async (): Promise<string> => {
    await Promise.all([...seats].map(([member, seat]) => measureOne(member, seat, (measures += 1))));
    return await sum([departed, ...[...seats.values()].map(({ metrics }) => metrics)]).metrics();
  };
  const tellCount = (): void => {
    for (const member of seats.keys()) member.send({ type: 'workers', running: seats.size, total });
  };
  const answer = async (question: Question): Promise<string | Drawn> =>
    question.kind === 'metrics' ? await readMetrics() : draw(question.limiter, question.rate, question.caller);

  return {
    join(member) {
      seats.set(member, { metrics: [], pending: new Map() });
      tellCount();
    },
    leave(member) {
      const seat = seats.get(member);
      if (seat === undefined) return;
      seats.delete(member);
      departed = sumJson([departed, seat.metrics.filter(({ type }) => isCounted(String(type)))]);
      seat.pending.forEach((finish) => finish());
      tellCount();
    },
    hear(member, message) {
      if (message.type === 'ask') {
        void answer(message.question).then((said) => member.send({ type: 'answer', id: message.id, answer: said }));
      } else if (message.type === 'measured') {
        const seat = seats.get(member);
        if (seat === undefined) return;
        seat.metrics = message.metrics;
        seat.pending.get(message.id)?.();
      }
    },
  };
}

/** Resolves when the worker has told its metrics, left, or let the time pass. */
function measureOne(member: Member, { pending }: Seat, id: number): Promise<void> {
  return new Promise((told) => {
    const finish = (): void => {
      clearTimeout(late);
      pending.delete(id);
      told();
    };
    const late = setTimeout(finish, measureTimeoutMs);
    pending.set(id, finish);
    member.send({ type: 'measure', id });
  });
}

function isCounted(type: string): boolean {
  return type === 'counter' || type === 'histogram';
}

/** As each metric says how: by sum, by maximum, by average. */
function sum(parts: readonly Measured[]): ReturnType<typeof AggregatorRegistry.aggregate> {
  return AggregatorRegistry.aggregate(parts.map((part) => [...part]));
}

function sumJson(parts: readonly Measured[]): Measured {
  const byName = new Map(parts.flat().map((metric) => [metric.name, metric]));
  return [...byName.values()].map((metric) => {
    const values = new Map<string, (typeof metric.values)[number]>();
    for (const one of parts.flat().filter(({ name }) => name === metric.name)) {
      for (const value of one.values) {
        const key = JSON.stringify([(value as { metricName?: string }).metricName, value.labels]);
        const before = values.get(key);
        values.set(key, before === undefined ? { ...value } : { ...value, value: before.value + value.value });
      }
    }
    return { ...metric, values: [...values.values()] };
  });
}

/**
 * Buckets for all workers. One is given several tokens at once, so that not every request costs a question; the bucket is smaller by what
 * workers may hold unused, so that no more than the burst ever come in at once.
 */
function createSharedBuckets(workers: number): (limiter: string, rate: Rate, caller: string) => Drawn {
  const limiters = new Map<string, { readonly limiter: LocalRateLimiter; readonly most: number }>();
  return (name, rate, caller) => {
    const most = Math.max(1, Math.floor(rate.burst / (8 * workers)));
    const shared = limiters.get(name) ?? {
      limiter: createRateLimiter({ ...rate, burst: rate.burst - workers * (most - 1) }),
      most,
    };
    limiters.set(name, shared);
    return shared.limiter.draw(caller, shared.most);
  };
}
