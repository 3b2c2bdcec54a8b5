import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createControlActivities } from '../../activities/index.ts';
import type { ControlActivities } from '../../activities/types.ts';
import { createPredictionClient, type PredictionClient } from '../../client/prediction-client.ts';
import { homeAt } from '../../config/home.ts';
import type { DriftReference } from '../../domain/monitoring/reference.ts';
import type { PredictAnswer } from '../../config/wire.ts';
import { contendersOf, watchPolicyOf } from '../../domain/lifecycle/canary.ts';
import type { Command, LifecycleEvent } from '../../domain/lifecycle/events.ts';
import { initialState } from '../../domain/lifecycle/state.ts';
import { step } from '../../domain/lifecycle/step.ts';
import { standingOf } from '../../domain/routing/sticky-share.ts';
import { compose } from '../../worker/compose.ts';
import { temporaryFolder } from '../support/folders.ts';
import { gateResult, type Told } from '../support/lifecycle.ts';
import { testPolicy } from '../support/policy.ts';
import { makePriceRows } from '../support/price-project.ts';
import { servedModel as model, startService, trainPackages } from '../support/serving.ts';

const policy = {
  ...testPolicy,
  promotion: { strategy: 'canary', steps: [0.2, 0.6], labelsPerStep: 60 } as const,
  monitor: { ...testPolicy.monitor, labelDelayRows: 1 },
};
const entities = Array.from({ length: 20 }, (_, index) => `customer ${index}`);
const rows = makePriceRows(entities.length, 3).rows.map((row) => ({ ...row }));

let folder = '';
let packages: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-canary-'));
  packages = await trainPackages(folder, [1, 2]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Rig {
  readonly client: PredictionClient;
  /** Tells the lifecycle, and does what follows with the activities of production. */
  tell(event: Told): Promise<void>;
  stage(): string;
  /** Asks for every customer, and reports what the answers were as their outcomes. */
  serveRound(): Promise<PredictAnswer>;
  /** Looks at the labels, as the watch of the present step does. */
  look(): Promise<void>;
}

/** Version 1 serves; the gate has passed version 2. */
async function startRig(): Promise<Rig> {
  const home = await temporaryFolder();
  const deps = await compose(homeAt(home));
  for (const packageDirectory of packages) {
    await deps.packages.writeReference(packageDirectory, { lossScale: 1 } as unknown as DriftReference);
    await deps.registry.register({ model, idempotencyKey: packageDirectory, packageDirectory, tags: {} });
  }
  await deps.registry.setAlias(model, 'champion', '1');
  const client = createPredictionClient((await startService(home)).url);
  const control = createControlActivities(deps);
  let state = initialState(model, policy);
  let watch: Extract<Command, { type: 'startProbation' }> | null = null;
  const tell = async (event: Told): Promise<void> => {
    const next = step(state, { ...event, nowMs: Date.now() } as LifecycleEvent);
    state = next.state;
    for (const command of next.commands) {
      if (command.type === 'startProbation') watch = command;
      await run(control, command, tell);
    }
  };
  await tell({ type: 'started', aliases: await deps.registry.getAliases(model) });
  await tell({ type: 'retrainRequested', by: 'ada', reason: 'a test', trainingData: null });
  return {
    client,
    tell,
    stage: () => (state.stage.name === 'canary' ? state.stage.decisionId : state.stage.name),
    async serveRound() {
      const answer = await client.predict(model, { rows, entities });
      const outcomes = answer.predictions.map(({ id, label = '' }) => ({ id, label }));
      await client.feedback(model, { outcomes });
      return answer;
    },
    async look() {
      const { decisionId, plan, afterId } = watch!;
      const { incoming, outgoing } = contendersOf(plan);
      const watched = { ...policy, probation: watchPolicyOf(policy, plan) };
      const pair = { champion: incoming ?? '', previous: outgoing ?? '' };
      const project = { model, directory: '.' };
      const request = { project, policy: watched, decisionId, ...pair, progress: null, afterId, isWaitedFor: false };
      const { verdict, progress } = await control.lookAtProbation(request);
      if (verdict.outcome === 'continue') return;
      const { outcome, reason, checks, worldChanged } = verdict;
      const result = { outcome, reason, checks, worldChanged, lastId: progress.lastId };
      await tell({ type: 'probationFinished', decisionId, result });
    },
  };
}

async function run(control: ControlActivities, command: Command, tell: (event: Told) => Promise<void>): Promise<void> {
  const project = { model, directory: '.' };
  if (command.type === 'triage') {
    const triage = { action: 'retrain', reason: 'a person asked' } as const;
    await tell({ type: 'triaged', decisionId: command.decisionId, triage });
  }
  if (command.type === 'startRetrain') {
    await tell({ type: 'retrainFinished', decisionId: command.decisionId, result: gateResult() });
  }
  if (command.type === 'runStep') {
    const { plan, step: one } = command;
    await control.runSwitchStep({ project, policy, plan, step: one });
    await tell({ type: 'stepDone', decisionId: plan.decisionId, step: one });
  }
}

const versionsOf = ({ predictions }: PredictAnswer): (string | undefined)[] =>
  predictions.map(({ version }) => version);
const sharedOut = (share: number): string[] => entities.map((name) => (standingOf('2', name) < share ? '2' : '1'));

describe('a canary over HTTP', () => {
  it('answers the same customers each time, widens on labels, and ends in the promotion', async () => {
    const rig = await startRig();
    expect(rig.stage()).toBe('prices-0001-canary-1');
    expect((await rig.client.status(model)).canary).toEqual({ version: '2', share: 0.2 });
    for (let round = 0; round < 2; round += 1) {
      expect(versionsOf(await rig.serveRound())).toEqual(sharedOut(0.2));
      await rig.look();
      expect(rig.stage()).toBe('prices-0001-canary-1');
    }
    await rig.serveRound();
    await rig.serveRound();
    await rig.look();
    expect(rig.stage()).toBe('prices-0001-canary-2');
    expect(versionsOf(await rig.serveRound())).toEqual(sharedOut(0.6));
    await rig.look();
    expect(rig.stage()).toBe('prices-0001-canary-2');
    for (let round = 0; round < 4; round += 1) await rig.serveRound();
    await rig.look();
    expect(rig.stage()).toBe('probation');
    expect(await rig.client.status(model)).toMatchObject({ serving: '2', canary: null });
    const after = await rig.serveRound();
    expect(after.version).toBe('2');
    expect(versionsOf(after)).toEqual(entities.map(() => undefined));
  });

  it('goes back to the champion from a step, under load without a failed request', async () => {
    const rig = await startRig();
    let isOver = false;
    const answers: PredictAnswer[] = [];
    const load = (async () => {
      while (!isOver) {
        answers.push(await rig.client.predict(model, { rows, entities }));
        await sleep(1);
      }
    })();
    await rig.tell({ type: 'rollbackRequested', by: 'ada', reason: 'complaints' });
    expect(rig.stage()).toBe('serving');
    const before = answers.length;
    while (answers.length < before + 3) await sleep(5);
    isOver = true;
    await load;
    expect(await rig.client.status(model)).toMatchObject({ serving: '1', canary: null, loaded: [{ version: '1' }] });
    expect(versionsOf(answers[0]!)).toEqual(sharedOut(0.2));
    expect(versionsOf(answers.at(-1)!)).toEqual(entities.map(() => undefined));
  });
});
