import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { openStore } from '../../../adapters/store/open-store.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { DataSchema } from '../../../domain/table.ts';
import { createAsker, type Unanswered } from './ask.ts';
import { startKillable } from './killable-service.ts';

export interface SoakPlan {
  readonly home: string;
  readonly model: string;
  readonly schema: DataSchema;
  readonly packages: readonly string[];
  readonly rows: readonly object[];
  /** Answered requests of one row each; the outcome of every fiftieth is reported, until that is acknowledged. */
  readonly requests: number;
  /** Ends and restarts of the service: every fourth in order (SIGTERM), the others by SIGKILL. */
  readonly restarts: number;
  readonly swaps: number;
  /** The service's clock jumps by up to so much, to and fro; 0 leaves it alone. */
  readonly jumpMs: number;
  readonly seed: number;
  readonly onProgress: (answered: number, restarts: number) => void;
}

export interface SoakReport {
  readonly acknowledged: number;
  readonly logged: number;
  /** Acknowledged and not in the log. */
  readonly lost: number;
  /** In the log more than once. */
  readonly doubled: number;
  readonly outcomes: number;
  /** Outcomes that were acknowledged and are not on record. */
  readonly outcomesLost: number;
  readonly kills: number;
  /** Ends by SIGTERM. */
  readonly stops: number;
  readonly swaps: number;
  /** Requests that were refused for back-pressure, with the request to come again. */
  readonly turnedAway: number;
  /** Requests that failed while a service was up, by the reason. */
  readonly failed: Readonly<Record<string, number>>;
}

const clients = 256;
const reportEvery = 50;

/** What was acknowledged, and what happened meanwhile. */
interface Course {
  readonly ids: string[];
  readonly reported: string[];
  readonly failed: Record<string, number>;
  turnedAway: number;
  kills: number;
  stops: number;
  swaps: number;
}

/** Asks a service that is killed at random and started again, while its champion is swapped, and compares what it acknowledged with its log. */
export async function soak(plan: SoakPlan): Promise<SoakReport> {
  const { home, model, packages } = plan;
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  for (const packageDirectory of packages) {
    await registry.register({ model, idempotencyKey: packageDirectory, packageDirectory, tags: {} });
  }
  await registry.setAlias(model, 'champion', '1');
  const service = await startKillable(plan);
  const course: Course = { ids: [], reported: [], failed: {}, turnedAway: 0, kills: 0, stops: 0, swaps: 0 };
  const swap = (): Promise<void> => registry.setAlias(model, 'champion', course.swaps % 2 === 0 ? '1' : '2');
  const disturber = createDisturber(plan, course, service, swap);
  const asking = Array.from({ length: clients }, (_, client) => ask(plan, course, { service, disturber }, client));
  await Promise.all(asking);
  await disturber.finish();
  await service.stop();
  return await compare(plan, course);
}

type Service = Awaited<ReturnType<typeof startKillable>>;

interface Disturber {
  /** To be called after every answer: what is due begins at once, while other requests are on their way. */
  readonly look: () => void;
  /** Resolves when nothing is going on any more. */
  readonly finish: () => Promise<void>;
}

function createDisturber(plan: SoakPlan, course: Course, service: Service, swap: () => Promise<void>): Disturber {
  const random = createRng(plan.seed);
  const draw = (count: number): number[] =>
    Array.from({ length: count }, () => Math.floor(random() * plan.requests)).sort((a, b) => a - b);
  const [restartAt, swapAt] = [draw(plan.restarts), draw(plan.swaps)];
  const isDue = (at: readonly number[], done: number): boolean => course.ids.length >= (at[done] ?? Infinity);
  const restarts = (): number => course.kills + course.stops;
  let going: Promise<void> | null = null;
  const disturb = async (): Promise<void> => {
    while (isDue(restartAt, restarts()) || isDue(swapAt, course.swaps)) {
      if (isDue(restartAt, restarts())) await restart(plan, course, service);
      if (!isDue(swapAt, course.swaps)) continue;
      course.swaps += 1;
      await swap();
    }
  };
  const look = (): void => {
    going ??= disturb().finally(() => (going = null));
  };
  return {
    look,
    finish: async () => {
      look();
      while (going !== null) await going;
    },
  };
}

async function restart(plan: SoakPlan, course: Course, service: Service): Promise<void> {
  const restarts = course.kills + course.stops;
  const how = restarts % 4 === 3 ? 'told' : 'killed';
  await service.restart(how);
  if (how === 'killed') course.kills += 1;
  else course.stops += 1;
  plan.onProgress(course.ids.length, restarts + 1);
}

interface Rig {
  readonly service: Service;
  readonly disturber: Disturber;
}

async function ask(plan: SoakPlan, course: Course, { service, disturber }: Rig, client: number): Promise<void> {
  const asker = createAsker(service.url, plan.model);
  /** Asks until it is answered; what fails while the service is down is no wonder. */
  const insist = async <T>(attempt: () => Promise<T | Unanswered>): Promise<T> => {
    for (;;) {
      const [generation, wasUp] = [service.generation(), service.isUp()];
      const answer = await attempt();
      if (typeof answer !== 'object' || answer === null || !('why' in answer)) return answer;
      const { why } = answer;
      if (why.includes('overloaded')) course.turnedAway += 1;
      else if (wasUp && service.generation() === generation) course.failed[why] = (course.failed[why] ?? 0) + 1;
      await sleep(2);
    }
  };
  for (let turn = client; course.ids.length < plan.requests; turn += clients) {
    const id = await insist(() => asker.predict(plan.rows[turn % plan.rows.length]));
    course.ids.push(id);
    disturber.look();
    if (course.ids.length % reportEvery !== 0) continue;
    // An outcome may be sent until it is acknowledged: it goes on record once.
    await insist(() => asker.report(id, plan.schema.classes[turn % 2] ?? ''));
    course.reported.push(id);
  }
  asker.close();
}

async function compare({ home, model, schema }: SoakPlan, course: Course): Promise<SoakReport> {
  const store = await openStore({ directory: join(home, 'store') });
  const { ids, labels } = await store.readOutcomes({ model, schema });
  const logged = new Set(ids);
  const labelled = new Set(ids.filter((_, row) => !Number.isNaN(labels[row])));
  const { ids: acknowledged, reported, failed, turnedAway, kills, stops, swaps } = course;
  return {
    acknowledged: acknowledged.length,
    logged: ids.length,
    lost: acknowledged.filter((id) => !logged.has(id)).length,
    doubled: ids.length - logged.size,
    outcomes: reported.length,
    outcomesLost: reported.filter((id) => !labelled.has(id)).length,
    kills,
    stops,
    swaps,
    turnedAway,
    failed,
  };
}
