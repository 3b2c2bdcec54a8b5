import type { GoldenProof, Quarantine, RollbackReport } from '../../domain/report/report.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';
import { renderFacts } from './data-sections.ts';
import { renderHead, renderLineage } from './frame.ts';
import { renderWatch } from './render-probation.ts';
import { chip, dash, number } from './words.ts';

export function renderRollback(report: RollbackReport): Markup {
  const { plan, proofs, quarantine, evidence } = report;
  const name = (version: string | null): string => (version === null ? 'nothing' : `version ${version}`);
  return markup`${renderHead(report, [`decided by ${plan.by}`])}
<h2>Before and after</h2>
${renderTable({
  caption: 'What the aliases named',
  head: ['', 'before', 'after'],
  rows: [
    ['champion', name(plan.before.champion), name(plan.after.champion)],
    ['previous', name(plan.before.previous), name(plan.after.previous)],
  ],
})}
${renderProofs(proofs, plan.after.champion)}
${quarantine === null ? null : renderQuarantine(report.model, quarantine)}
${evidence === null ? null : renderWatch(evidence)}
${renderLineage(report)}`;
}

function renderProofs(proofs: readonly GoldenProof[], expected: string | null): Markup {
  if (proofs.length === 0) return markup`<h2>Proof</h2><p>No replica of the prediction service could be asked.</p>`;
  return markup`<h2>Proof</h2>
<p>Each replica answered the golden rows of version ${dash(expected)} over the wire once the aliases had moved.</p>
${renderTable({
  caption: 'Golden predictions, replayed after the rollback',
  head: ['replica', 'serves', 'largest difference', 'allowed', ''],
  rows: proofs.map(({ replicaId, serving, difference, tolerance }) => {
    const isProven = serving === expected && difference !== null && difference <= tolerance;
    return [
      replicaId,
      `version ${dash(serving)}`,
      difference === null ? 'did not answer' : number(difference),
      number(tolerance),
      chip(isProven ? 'pass' : 'inconclusive', isProven ? 'proven' : 'not proven'),
    ];
  }),
})}`;
}

function renderQuarantine(model: string, { version, candidateId, fingerprint, snapshotId, lasts }: Quarantine): Markup {
  return markup`<h2>In quarantine</h2>
<p>For ${lasts} neither version ${version}, nor what was trained on the same data with the same configurations, nor what gives the same answers is promoted, unless a person says so: <code>incumbent release ${model} ${version} --reason "…"</code>.</p>
${renderFacts([
  ['version', version],
  ['candidate', dash(candidateId)],
  ['snapshot', dash(snapshotId)],
  ['fingerprint of data and configurations', dash(fingerprint)],
])}`;
}
