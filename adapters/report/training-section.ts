import type { CandidateLine, MemberLine, RetrainingEvidence } from '../../domain/report/evidence.ts';
import type { SearchAccount } from '../../domain/search/successive-halving.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';
import { figure } from './frame.ts';
import { pairLegend } from './looks.ts';
import { drawTraining } from './model-plots.ts';
import { count, number, percent } from './words.ts';

/** The candidates and how they learned. */
export function renderTraining({ candidates, search, members }: RetrainingEvidence): Markup {
  return markup`<h2>Candidates</h2>
${renderTable({
  caption: 'What was tried, and what it lost on the validation part',
  head: ['candidate', 'validation loss', 'epochs (best)', 'parameters', 'seconds'],
  rows: candidates.map(describeCandidate),
})}
${search === undefined ? null : renderSearch(search)}
${members.length === 0 ? null : renderMembers(members)}
${renderCurves(candidates, members)}`;
}

/** A blend learns nothing by itself: its curves are those of its networks, which come first. */
function renderCurves(candidates: readonly CandidateLine[], members: readonly MemberLine[]): Markup | null {
  const own = members.filter(({ isOfThisRun }) => isOfThisRun);
  const weights = new Map(own.map(({ candidateId, weight }) => [candidateId, weight]));
  const drawn = candidates
    .filter(({ curve }) => curve.length > 0)
    .toSorted((a, b) => (weights.get(b.id) ?? 0) - (weights.get(a.id) ?? 0));
  if (drawn.length === 0 && members.length === 0) return null;
  const describe = ({ id, isChosen }: CandidateLine): string => {
    const weight = weights.get(id);
    if (weight !== undefined) return `${id} (${percent(weight)} of the blend)`;
    return isChosen ? `${id} (chosen)` : id;
  };
  return markup`<h3>Training curves</h3>
${members.length === 0 ? null : explainBlend(members.length - own.length)}
${drawn.length === 0 ? null : pairLegend('validation loss', 'training loss')}
<div class="pair">${drawn.map((one) => figure(drawTraining(one), describe(one)))}</div>`;
}

function explainBlend(fromEarlier: number): Markup {
  const where =
    fromEarlier === 0 ? '' : ` The reports of earlier versions show how the ${count(fromEarlier)} of those learned.`;
  return markup`<p>The blend is a weighted mean and has no training of its own: it learned as its networks did.${where}</p>`;
}

function describeCandidate({
  id,
  isChosen,
  validationLoss,
  epochs,
  bestEpoch,
  parameters,
  trainSeconds,
}: CandidateLine) {
  return [
    isChosen ? `${id} (chosen)` : id,
    number(validationLoss),
    epochs === 0 ? '–' : `${epochs} (${bestEpoch})`,
    count(parameters),
    trainSeconds.toFixed(1),
  ];
}

/** Who was stopped on the way, and why. */
function renderSearch({ stopped, epochs, mostEpochs }: SearchAccount): Markup {
  const lines = stopped.map(
    ({ id, reason }) => markup`<li><b>${id}</b> ${reason}</li>
`,
  );
  return markup`<p>Candidates were compared on the way, and ${stopped.length === 0 ? 'none' : count(stopped.length)} stopped early: ${count(epochs)} of at most ${count(mostEpochs)} epochs were trained.</p>
${stopped.length === 0 ? null : markup`<ul>${lines}</ul>`}`;
}

function renderMembers(members: readonly MemberLine[]): Markup {
  return renderTable({
    caption: 'The blend answers with the weighted mean of',
    head: ['network', 'weight', 'trained'],
    rows: members.map(({ candidateId, weight, isOfThisRun }) => [
      candidateId,
      percent(weight),
      isOfThisRun ? 'in this run' : 'for an earlier version',
    ]),
  });
}
