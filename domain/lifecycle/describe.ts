import { formatShareOfEntities } from './canary.ts';
import { describeAmount } from './clock.ts';
import { inQuarantine } from './quarantine.ts';
import { whyWaiting } from './readiness.ts';
import type { LifecycleState, Stage } from './state.ts';

/** What the model is doing, in a few words. */
export function describeStage(stage: Stage): string {
  switch (stage.name) {
    case 'starting':
      return 'reading the aliases';
    case 'serving':
      return 'serving';
    case 'triaging':
      return 'judging what the signals call for';
    case 'retraining':
      return `retraining (${stage.decisionId})`;
    case 'awaiting-approval':
      return `awaiting a person: ${questionOf(stage.subject, stage.version)}`;
    case 'switching':
      return `${stage.plan.kind} to version ${stage.plan.after.champion ?? 'none'}: ${stage.step}`;
    case 'canary': {
      const share = formatShareOfEntities(stage.plan.canary?.share ?? 0);
      return `canary: version ${stage.plan.after.challenger ?? 'none'} answers ${share} of the entities, version ${stage.plan.after.champion ?? 'none'} the others`;
    }
    case 'following':
      return `following the labels (${stage.decisionId})`;
    case 'probation':
      return `probation of version ${stage.plan.after.champion ?? 'none'} against version ${stage.plan.before.champion ?? 'none'}`;
  }
}

function questionOf(subject: 'challenger' | 'probation' | 'canary', version: string): string {
  if (subject === 'challenger') return `promote version ${version}?`;
  return subject === 'probation' ? `keep version ${version}?` : `let version ${version} answer more?`;
}

/** What an operator may do now, as the names of updates with their argument. */
function possibleUpdates(state: LifecycleState): readonly string[] {
  const { stage } = state;
  const updates = ['retrain', state.paused === null ? 'pause' : 'resume'];
  if (stage.name === 'awaiting-approval') updates.push('approve', 'reject');
  if (stage.name === 'serving' && state.turnedDown !== null) updates.push('approve (with `"override": true`)');
  const canRollBack = stage.name === 'serving' || stage.name === 'probation';
  if (stage.name === 'canary' || (canRollBack && state.aliases.previous !== null)) updates.push('rollback');
  if (inQuarantine(state).length > 0) updates.push('release (with `"version"`)');
  return [...updates, 'setPolicy'];
}

/** Markdown for the Web UI's current details: the state, why, and what an operator may do. */
export function describeState(state: LifecycleState, nowMs: number): string {
  const { aliases, clock, totals } = state;
  const waiting = state.pending.length > 0 ? whyWaiting(state, nowMs) : null;
  const lines = [
    `## ${state.model}: ${state.paused === null ? describeStage(state.stage) : `PAUSED, ${describeStage(state.stage)}`}`,
    '',
    ...(state.attention === null ? [] : [`**Needs a person:** ${state.attention}`, '']),
    '| champion | previous | challenger turned down |',
    '|---|---|---|',
    `| ${aliases.champion ?? '–'} | ${aliases.previous ?? '–'} | ${state.turnedDown?.version ?? '–'} |`,
    '',
    `${count(clock.rows)} predictions, ${count(clock.labels)} labels · ${totals.trainings} retrainings, ${totals.promotions} promotions, ${totals.rollbacks} rollbacks, followed the labels ${totals.followed} times`,
    '',
    ...quarantineLines(state),
    ...pendingLines(state, waiting),
    '### Newest decisions',
    ...decisionLines(state),
    '',
    `You may send these updates, each with \`{"by": "you", "reason": "why"}\`: ${possibleUpdates(state).join(', ')}.`,
  ];
  return lines.join('\n');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function pendingLines(state: LifecycleState, waiting: string | null): readonly string[] {
  if (state.pending.length === 0) return [];
  const shown = state.pending.slice(-5).map((signal) => `- **${signal.kind}**: ${signal.reason}`);
  return [
    '### Signals not answered yet',
    ...shown,
    ...(waiting === null ? [] : ['', `Nothing starts: ${waiting}.`]),
    '',
  ];
}

function quarantineLines(state: LifecycleState): readonly string[] {
  const held = inQuarantine(state);
  if (held.length === 0) return [];
  const lasts = describeAmount(state.policy.rollback.quarantine);
  return [`In quarantine for ${lasts} each: ${held.map(({ version }) => `version ${version}`).join(', ')}`, ''];
}

function decisionLines(state: LifecycleState): readonly string[] {
  if (state.recent.length === 0) return ['none yet'];
  const rows = state.recent
    .slice(-10)
    .reverse()
    .map(
      ({ atMs, kind, summary, report }) =>
        `| ${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} | ${kind} | ${summary.replaceAll('|', '/')}${report === undefined ? '' : `; report: \`${report}\``} |`,
    );
  return ['| time (UTC) | what | why |', '|---|---|---|', ...rows];
}
