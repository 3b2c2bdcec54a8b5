import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readLabelledRows } from '../adapters/data/read-labelled-rows.ts';
import { connect } from '../client/connection.ts';
import { createFeed, weekRows } from '../client/demo/feed.ts';
import { freePort } from '../client/start/ports.ts';
import { startStack, type Stack } from '../client/start/stack.ts';
import { lifecycleId, observedSignal, retrainId, type LifecycleStatus } from '../workflows/messages.ts';
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
  const stack = await startStack({ directory, home: join(folder, 'home'), ports, onEvent: () => undefined });
  const temporal = await connect({ address: stack.temporalAddress });
  await crown(stack);
  const data = { ...stack.project.data, take: null };
  const { schema, rows } = await readLabelledRows({ ...stack.project, data });
  const feed = createFeed(stack, schema, rows, firstRows);
  return {
    async retrainOnce() {
      for (let week = 0; week < freshWeeks; week += 1) await feed.sendWeek();
      await feed.sendLastLabels();
      const clock = { rows: feed.sent(), labels: feed.sent(), eventMs: null };
      const signal = { kind: 'external', reason: 'measured', atMs: Date.now() } as const;
      await temporal.workflow.getHandle(lifecycleId(model)).signal(observedSignal, { clock, signals: [signal] });
      const decisionId = await untilDecided(stack);
      return await readRun(temporal, lifecycleId(model), retrainId(decisionId));
    },
    async stop() {
      await temporal.connection.close();
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whoever comes first serves, whether it beats anything or not. */
async function crown({ client }: Stack): Promise<void> {
  const { stage } = await untilAsked(client);
  await client.approve(model, { ...operator, override: stage.name !== 'awaiting-approval' });
  while ((await client.status(model)).totals.promotions === 0) await sleep(50);
}

/** The id of the retraining that has ended; what passed is turned down. */
async function untilDecided({ client }: Stack): Promise<string> {
  const { stage } = await untilAsked(client);
  if (stage.name === 'awaiting-approval') await client.reject(model, operator);
  const ids = (await client.history(model)).filter(({ kind }) => kind.startsWith('gate: ')).map(({ id }) => id);
  return ids.at(-1)!.replace(/\/gate$/, '');
}

/** Waits for the end of the retraining that a signal has asked for. */
async function untilAsked(client: Stack['client']): Promise<LifecycleStatus> {
  // A signal is with the workflow before its sender hears of it, so a question comes after it.
  for (;;) {
    const status = await client.status(model);
    const isOver = status.stage.name === 'serving' && status.pending.length === 0 && status.totals.trainings > 0;
    if (isOver && status.attention !== null && !status.attention.includes('no champion'))
      throw new Error(status.attention);
    if (isOver || status.stage.name === 'awaiting-approval') return status;
    await sleep(100);
  }
}
