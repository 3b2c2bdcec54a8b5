import type { Policy } from '../project.ts';
import { findDataProblems } from './data-findings.ts';
import { findFeatureProblems } from './feature-findings.ts';
import { ok, type Finding } from './finding.ts';
import { sliceHistory, type History } from './history.ts';
import { findDelayProblems } from './label-delay.ts';
import { judgeGate } from './gate-limits.ts';
import { findLeaks } from './leaks.ts';
import { judgeDependence, judgeMonitor } from './monitor-limits.ts';
import { rowsPerDay } from './pace.ts';
import { findPolicyProblems } from './policy-findings.ts';
import { judgeProbation } from './probation-limits.ts';
import { runTrial } from './trial.ts';

/** The newest rows are enough to try models on. */
const mostTrialRows = 80_000;
/** Outputs of all rows and classes together. */
const mostOutputs = 4_000_000;
const leastTrialRows = 200;

/**
 * Looks at a project's data and policy before anything is trained: is there enough, does a feature know the label, what will the monitor,
 * the gate and a probation be able to see, and do the settings fit. Deterministic; `onProgress` is told what is being looked at.
 */
export function runPreflight(history: History, policy: Policy, onProgress: (what: string) => void): readonly Finding[] {
  const rows = history.table.rowCount;
  const most = Math.min(mostTrialRows, Math.floor(mostOutputs / Math.max(1, history.schema.classes.length)));
  const newest = sliceHistory(history, { from: Math.max(0, rows - most), to: rows });
  onProgress('data');
  const early = [...findDataProblems(history, policy), ...findDelayProblems(history, policy.monitor)];
  onProgress('leaks');
  const leaks = findLeaks(newest);
  const findings = [...early, ...(leaks.length > 0 ? leaks : [ok('leaks', 'no feature alone knows the label')])];
  const settings = findPolicyProblems({ policy, hasTime: history.eventMs !== null, rows });
  if (rows < leastTrialRows) return [...findings, ...settings];
  onProgress('a trial of linear models');
  const trial = runTrial(newest);
  const features = findFeatureProblems(newest, trial, (done, total) => onProgress(`feature ${done} of ${total}`));
  const context = { trial, policy, perDay: rowsPerDay(newest.eventMs), rows };
  const known = new Set(findings.map(({ name }) => name));
  onProgress('what can be seen');
  return [
    ...findings,
    ...features.filter(({ name }) => !known.has(name)),
    judgeDependence(context),
    judgeMonitor(context),
    judgeGate(context),
    judgeProbation(context),
    ...settings,
  ];
}
