import type { Policy } from '../domain/project.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

/** What a probation has still to look at; its looks renew it. */
export interface ProbationHold {
  readonly decisionId: string;
  /** Rows after this one; null: all. */
  readonly afterId: string | null;
  readonly renewedAtMs: number;
}

/** A probation that has not looked for so long is over, however it ended. */
const holdMs = 86_400_000;

/**
 * Takes out of the log what is older than the policy keeps and what neither the monitor, a probation nor the next training's window of recent rows
 * needs. Null where all is kept. A look never fails for it: what could not be removed is removed at the next.
 *
 * @param seenId the newest row whose outcome the monitor has judged
 */
export async function removeExpired(
  deps: Dependencies,
  model: string,
  policy: Policy,
  seenId: string | null,
): Promise<string | null> {
  const { keepMs } = policy.log;
  if (deps.retention === null || keepMs === null || seenId === null) return null;
  const { monitor, snapshot } = policy;
  try {
    const hold = await deps.holds.read(model);
    const isHeld = hold !== null && hold.renewedAtMs > Date.now() - Math.max(holdMs, 10 * monitor.everyMs);
    if (isHeld && hold.afterId === null) return null;
    const heldId = isHeld ? (hold.afterId ?? '') : seenId;
    const removed = await deps.retention.removeExpired(model, {
      keepMs,
      neededAfterId: heldId < seenId ? heldId : seenId,
      neededRows: Math.max(monitor.windowRows + monitor.labelDelayRows, snapshot.recentRows),
    });
    if (removed.partitions === 0) return null;
    const count = (rows: number): string => rows.toLocaleString('en-US');
    const what = `${count(removed.predictions)} predictions and ${count(removed.labels)} labels`;
    return `${what} were older than the log is kept, and were removed`;
  } catch (error) {
    currentScope().warn('the log could not be rid of what is too old', { model, error });
    return null;
  }
}

/** Keeps the log from losing what a probation has still to look at; let go when it is decided. */
export async function holdLog(
  { holds }: Dependencies,
  model: string,
  { decisionId, afterId }: Omit<ProbationHold, 'renewedAtMs'>,
  isOver: boolean,
): Promise<void> {
  await holds.write(model, isOver ? null : { decisionId, afterId, renewedAtMs: Date.now() });
}
