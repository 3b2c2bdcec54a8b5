import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readLabelledRows } from '../adapters/data/read-labelled-rows.ts';
import type { CandidateSpec } from '../adapters/ports/model-runtime.ts';
import { openStore } from '../adapters/store/open-store.ts';
import { connect } from '../client/connection.ts';
import { createFeed, weekRows } from '../client/demo/feed.ts';
import { freePort } from '../client/start/ports.ts';
import { startStack, type Stack } from '../client/start/stack.ts';
import { homeAt } from '../config/home.ts';
import { windowOf } from '../domain/snapshot/split.ts';
import { lifecycleId, observedSignal, retrainId } from '../workflows/messages.ts';
import { readRun, type RunTimes } from './run-times.ts';

const dataPath = fileURLToPath(new URL('../examples/electricity/elec2.parquet', import.meta.url));
const model = 'electricity';
const freshWeeks = 4;
const freshRows = freshWeeks * weekRows;
const operator = { by: 'bench', reason: 'the champion stays for the next run' };

/** A model of elec2 on everything real: dev server, worker, prediction service. */
export interface LiveModel {
  /** Four weeks of rows and their outcomes, then a signal as the monitor sends it: how the retraining that follows spends its time. */
  retrainOnce(): Promise<RunTimes>;
  /** Rows that a candidate of a run learned from. */
  countRows(run: RunTimes, window: CandidateSpec['window']): Promise<number>;
  stop(): Promise<void>;
}

export interface LiveModelOptions {
  /** Oldest rows of elec2 that the first champion knows. */
  readonly firstRows: number;
}

/** The defaults of a project that says nothing but where its data are; no debounce, and a person approves, so that the champion stays. */
export async function startLiveModel({ firstRows }: LiveModelOptions): Promise<LiveModel> {
  const folder = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  const directory = join(folder, 'project');
  await mkdir(directory, { recursive: true });
  const once = { rows: freshRows };
  const config = {
    name: model,
    data: { path: dataPath, label: 'target', take: firstRows },
    policy: {
      retrain: { debounceMs: 0, cooldown: once, minFreshLabels: 1, budget: { trainings: 1, per: once }, every: null },
      approval: { mode: 'person' },
    },
  };
  await writeFile(join(directory, 'incumbent.config.json'), JSON.stringify(config));
  const ports = { temporal: await freePort(0), ui: await freePort(0), service: await freePort(0) };
  const home = join(folder, 'home');
  const stack = await startStack({ directory, home, ports, onEvent: () => undefined });
  const temporal = await connect({ address: stack.temporalAddress });
  const store = await openStore({ directory: homeAt(home).store });
  const { recentRows } = stack.project.policy.snapshot;
  const seen = new Set<string>();
  await crown(stack, seen);
  const data = { ...stack.project.data, take: null };
  const { schema, rows } = await readLabelledRows({ ...stack.project, data });
  const feed = createFeed(stack, schema, rows, firstRows);
  return {
    async retrainOnce() {
      for (let week = 0; week < freshWeeks; week += 1) await feed.sendWeek();
      await feed.sendLastLabels();
      const clock = { rows: feed.sent(), labels: feed.sent(), eventMs: null };
      const signal = { kind: 'manual', reason: 'measured', atMs: Date.now() } as const;
      await temporal.workflow.getHandle(lifecycleId(model)).signal(observedSignal, { clock, signals: [signal] });
      const decisionId = await untilDecided(stack, seen);
      await keepChampion(stack);
      return await readRun(temporal, lifecycleId(model), retrainId(decisionId));
    },
    async countRows({ snapshotId }, window) {
      const { split } = await store.getSnapshot(model, snapshotId);
      const { from, to } = windowOf(window, split.train, { recentRows });
      return to - from;
    },
    async stop() {
      await temporal.connection.close();
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whoever comes first serves, whether it beats anything or not. */
async function crown(stack: Stack, seen: Set<string>): Promise<void> {
  await untilDecided(stack, seen);
  const { stage } = await stack.client.status(model);
  await stack.client.approve(model, { ...operator, override: stage.name !== 'awaiting-approval' });
  while ((await stack.client.status(model)).totals.promotions === 0) await sleep(50);
}

/** The id of a retraining that was not seen before, once its gate has judged. */
async function untilDecided({ client }: Stack, seen: Set<string>): Promise<string> {
  for (;;) {
    const { attention } = await client.status(model);
    if (attention?.includes(' failed: ') === true) throw new Error(attention);
    const gates = (await client.history(model)).filter(({ kind }) => kind.startsWith('gate: '));
    const decided = gates.find(({ id }) => !seen.has(id));
    if (decided !== undefined) {
      seen.add(decided.id);
      return decided.id.replace(/\/gate$/, '');
    }
    await sleep(100);
  }
}

/** What passed is turned down. */
async function keepChampion({ client }: Stack): Promise<void> {
  if ((await client.status(model)).stage.name === 'awaiting-approval') await client.reject(model, operator);
}
