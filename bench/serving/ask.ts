import { readFileSync } from 'node:fs';
import { openClient, toRequest, type Client } from './client.ts';

/** What is asked, of whom, and how often. */
export interface Load {
  readonly url: string;
  /** File of an array of bodies, which are sent in turn. */
  readonly bodies: string;
  readonly connections: number;
  /** Requests a second; null: each connection asks again as soon as it is answered. */
  readonly rate: number | null;
  readonly warmUpMs: number;
  readonly ms: number;
}

/** Requests of the time that counts. */
export interface Asked {
  readonly answered: number;
  /** Answers other than 200, and connections that broke. */
  readonly errors: number;
  readonly firstError: string | null;
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

// Asks a server as the parent process says, and tells it when the time that counts begins and ends.
const load = JSON.parse(process.argv[2]!) as Load;
const bodies = JSON.parse(readFileSync(load.bodies, 'utf8')) as readonly unknown[];
const requests = bodies.map((body) => toRequest(load.url, body));

let next = 0;
let isCounting = false;
let [answered, errors] = [0, 0];
let firstError: string | null = null;
let latencies: number[] = [];

function fail(what: string): void {
  firstError ??= what;
  if (isCounting) errors += 1;
}

/** @param dueMs when it should have been sent: who waits for a connection waits for an answer */
function ask(client: Client, dueMs: number, then: () => void): void {
  next = (next + 1) % requests.length;
  client.send(requests[next]!, (status, body) => {
    if (status !== 200) fail(`${status} ${body.slice(0, 500)}`);
    else if (isCounting) {
      answered += 1;
      latencies.push(performance.now() - dueMs);
    }
    then();
  });
}

const onBroken = (error: Error): void => fail(error.message);
const clients = Array.from({ length: load.connections }, () => openClient(load.url, onBroken));

function askOn(client: Client): void {
  ask(client, performance.now(), () => askOn(client));
}

/** What is due is sent on a connection that is free, as soon as one is. */
function askAtRate(rate: number): void {
  const free = [...clients];
  const due: number[] = [];
  const send = (): void => {
    while (free.length > 0 && due.length > 0) {
      const client = free.pop()!;
      ask(client, due.shift()!, () => {
        free.push(client);
        send();
      });
    }
  };
  const startedMs = performance.now();
  let made = 0;
  setInterval(() => {
    for (const nowMs = performance.now(); made < ((nowMs - startedMs) * rate) / 1_000; made += 1) {
      due.push(startedMs + (made * 1_000) / rate);
    }
    send();
  }, 1);
}

if (load.rate === null) clients.forEach(askOn);
else askAtRate(load.rate);

setTimeout(() => {
  isCounting = true;
  process.send?.('begun');
  const startedMs = performance.now();
  setTimeout(() => {
    isCounting = false;
    const seconds = (performance.now() - startedMs) / 1_000;
    latencies = latencies.sort((a, b) => a - b);
    const [medianMs = 0, p99Ms = 0] = [0.5, 0.99].map((share) => latencies[Math.floor(share * latencies.length)]);
    process.send?.({ answered, errors, firstError, seconds, medianMs, p99Ms } satisfies Asked);
    for (const client of clients) client.close();
    process.disconnect();
    process.exit();
  }, load.ms);
}, load.warmUpMs);
