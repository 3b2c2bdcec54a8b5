import { describeStage } from '../../domain/lifecycle/describe.ts';
import type { DecisionSummary } from '../../domain/lifecycle/state.ts';
import type { LifecycleStatus } from '../../workflows/messages.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** "12 s ago", "3 h ago": short, for people. */
export function describeAge(atMs: number, nowMs: number): string {
  const age = Math.max(0, nowMs - atMs);
  if (age < minuteMs) return `${Math.floor(age / secondMs)} s ago`;
  if (age < hourMs) return `${Math.floor(age / minuteMs)} min ago`;
  if (age < 2 * dayMs) return `${Math.floor(age / hourMs)} h ago`;
  return `${Math.floor(age / dayMs)} days ago`;
}

const count = (value: number): string => value.toLocaleString('en-US');

/** The state of a model, why, and what a person may do, a line each. */
export function formatStatus(status: LifecycleStatus, nowMs: number): string {
  const { model, stage, aliases, paused, pending, clock, totals, newest } = status;
  const lines: (readonly [string, string | null])[] = [
    ['model', model],
    ['stage', describeStage(stage)],
    ['champion', aliases.champion ?? 'none yet'],
    ['previous', aliases.previous],
    ['turned down', status.turnedDown === null ? null : `${status.turnedDown.version} (${status.turnedDown.reason})`],
    ['quarantine', status.quarantined.length === 0 ? null : `version ${status.quarantined.join(', ')}`],
    ['paused', paused === null ? null : `by ${paused.by}: ${paused.reason}`],
    ['attention', status.attention],
    ['signals', pending.length === 0 ? null : pending.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ')],
    ['waiting', status.waitingFor],
    ['seen', `${count(clock.rows)} predictions, ${count(clock.labels)} labels`],
    [
      'so far',
      `${totals.trainings} retrainings, ${totals.promotions} promotions, ${totals.rollbacks} rollbacks, followed the labels ${totals.followed} times`,
    ],
    ['newest', newest === null ? null : `${newest.kind}, ${describeAge(newest.atMs, nowMs)}: ${newest.summary}`],
  ];
  return lines.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(12)} ${value}`])).join('\n');
}

/** A decision a line; below it what explains it, by its id. */
export function formatHistory(
  decisions: readonly DecisionSummary[],
  explanations: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  if (decisions.length === 0) return 'no decision has been taken yet';
  return decisions
    .flatMap(({ id, atMs, kind, summary, report }) => [
      `${new Date(atMs).toISOString().slice(0, 19)}Z  ${kind.padEnd(24)} ${summary}`,
      ...(report === undefined ? [] : [`    report: ${report}`]),
      ...(explanations.get(id) ?? []).map((line) => `    ${line}`),
    ])
    .join('\n');
}
