import { setTimeout as sleep } from 'node:timers/promises';
import type { LifecycleStatus } from '../../workflows/messages.ts';
import type { Stack } from '../start/stack.ts';
import type { Display } from './display.ts';

const lookEveryMs = 50;
/** Every question costs the cores that train: while nothing happens they come less often. */
const lookAtLeastEveryMs = 400;
const slowdown = 1.3;

/** Follows one model's lifecycle for the demo: prints its decisions, waits until it has done what it started. */
export interface Life {
  status(): Promise<LifecycleStatus>;
  /** Prints the decisions that were taken since the last time. */
  report(week: number): Promise<void>;
  /** Waits for the model to be at rest: serving, or on probation and waiting for labels. */
  untilQuiet(week: number): Promise<LifecycleStatus>;
  /**
   * Lets the monitor look once, as its Schedule would, and waits for all that follows. The operator who is asked about a probation
   * that stayed undecided goes back to the predecessor.
   */
  look(week: number): Promise<LifecycleStatus>;
}

export function followLife({ client, project, directory }: Stack, display: Display): Life {
  const seen = new Set<string>();
  const model = project.name;
  const status = (): Promise<LifecycleStatus> => client.status(model);

  const report = async (week: number): Promise<void> => {
    for (const decision of await client.history(model)) {
      if (seen.has(decision.id)) continue;
      seen.add(decision.id);
      display.event(week, decision);
    }
  };

  const untilQuiet = async (week: number): Promise<LifecycleStatus> => {
    for (let waitMs = lookEveryMs; ; waitMs = Math.min(lookAtLeastEveryMs, waitMs * slowdown)) {
      const now = await status();
      if (now.newest !== null && !seen.has(now.newest.id)) await report(week);
      const isBusy =
        now.stage.name !== 'serving' && now.stage.name !== 'probation' && now.stage.name !== 'awaiting-approval';
      const willStart = now.stage.name === 'serving' && now.pending.length > 0 && now.waitingFor === null;
      const isJoining = now.stage.name === 'serving' && now.waitingFor === 'waiting for further signals to join';
      if (!isBusy && !willStart && !isJoining) return now;
      await sleep(waitMs);
    }
  };

  const look = async (week: number): Promise<LifecycleStatus> => {
    const before = await looksOfProbation();
    await client.observeNow({ model, directory });
    await untilProbationLooked(before);
    const now = await untilQuiet(week);
    if (now.stage.name !== 'awaiting-approval' || now.stage.subject !== 'probation') return now;
    await client.reject(model, { by: 'demo operator', reason: 'in doubt, the predecessor' });
    return await untilQuiet(week);
  };

  /** How often the running probation has looked; null where there is none. */
  const looksOfProbation = async (): Promise<{ decisionId: string; looks: number } | null> => {
    const { stage } = await status();
    if (stage.name !== 'probation') return null;
    const progress = await client.probationProgress(stage.decisionId);
    return { decisionId: stage.decisionId, looks: progress?.looks ?? 0 };
  };

  const untilProbationLooked = async (before: Awaited<ReturnType<typeof looksOfProbation>>): Promise<void> => {
    for (;;) {
      const now = await looksOfProbation();
      if (now === null || now.decisionId !== before?.decisionId || now.looks > before.looks) return;
      await sleep(lookEveryMs);
    }
  };

  return { status, report, untilQuiet, look };
}
