import type { ClassLine, Flips, ModelComparison } from '../../domain/report/comparison.ts';
import type { RetrainingEvidence } from '../../domain/report/evidence.ts';
import type { CheckLine } from '../../domain/report/report.ts';
import { atTwoWidths } from '../page/draw.ts';
import { markup, raw, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';
import { drawGain, drawPrecisionRecall, drawReliability, drawResiduals, drawRoc } from './comparison-plots.ts';
import { figure } from './frame.ts';
import { pairLegend } from './looks.ts';
import { drawSlices } from './model-plots.ts';
import { count, dash, number, percent } from './words.ts';

/** Champion against challenger on the holdout: figures, curves, slices, flips. */
export function renderComparison({ comparison, champion }: RetrainingEvidence, checks: readonly CheckLine[]): Markup {
  const slices = checks.filter(({ name, interval }) => name.startsWith('slice:') && interval !== undefined);
  const { flips, classes, gain, task } = comparison;
  return markup`<h2>${champion === null ? 'Challenger' : 'Champion against challenger'}</h2>
${renderMetrics(comparison, champion)}
${pairLegend('challenger', champion === null ? null : `champion (version ${champion})`)}
<div class="pair">${renderCurves(comparison)}</div>
${classes === null ? null : renderClasses(classes)}
${
  gain === null
    ? null
    : figure(
        raw(
          atTwoWidths((size) => drawGain(gain, task === 'regression' ? 'variances' : 'errors', size), {
            wide: 240,
            narrow: 220,
          }),
        ),
        'Along the holdout, oldest row first: where the line rises, the challenger did better.',
      )
}
${flips === null ? null : renderFlips(flips, comparison)}
${
  slices.length === 0
    ? null
    : markup`<h3>Slices</h3>${figure(
        raw(atTwoWidths((size) => drawSlices(slices, size), { wide: 0, narrow: 0 })),
        'Difference with its interval, those most suspected of harm first. Right of zero the challenger is better.',
      )}`
}`;
}

function renderMetrics({ metrics, rows }: ModelComparison, champion: string | null): Markup {
  const lines = metrics.map(({ name, better, champion: old, challenger }) => {
    const gain = old === null || challenger === null ? null : (challenger - old) * (better === 'higher' ? 1 : -1);
    const word = gain === null ? '' : gain === 0 ? 'equal' : gain > 0 ? 'better' : 'worse';
    return champion === null ? [name, number(challenger)] : [name, number(old), number(challenger), word];
  });
  const head = champion === null ? ['', 'challenger'] : ['', 'champion', 'challenger', 'the challenger is'];
  return renderTable({ caption: `On the ${count(rows)} rows of the holdout`, head, rows: lines });
}

function renderCurves({ ranking, reliability, residuals, metrics, task }: ModelComparison): readonly Markup[] {
  const area = metrics.find(({ name }) => name.startsWith('area')) ?? { champion: null, challenger: null };
  return [
    ...(ranking === null
      ? []
      : [
          figure(drawRoc(ranking, area), 'ROC: what is found at the price of false alarms, over all thresholds.'),
          figure(drawPrecisionRecall(ranking), 'Precision over recall.'),
        ]),
    ...(residuals === null ? [] : [figure(drawResiduals(residuals), 'Residuals: the narrower, the better.')]),
    figure(
      drawReliability(reliability, task !== 'regression'),
      task === 'regression'
        ? 'Calibration: mean label by predicted value, with 95% intervals.'
        : 'Calibration: what happened by what was predicted, with 95% intervals. On the dotted line probabilities mean what they say.',
    ),
  ];
}

function renderClasses(classes: readonly ClassLine[]): Markup {
  const share = (value: number | null): string => dash(value === null ? null : percent(value));
  return renderTable({
    caption:
      'By class: recall is the share of its rows that were found, precision the share of right ones among those called so',
    head: ['class', 'rows', 'recall, champion', 'recall, challenger', 'precision, champion', 'precision, challenger'],
    rows: classes.map(({ name, rows, recall, precision }) => [
      name,
      count(rows),
      share(recall.champion),
      share(recall.challenger),
      share(precision.champion),
      share(precision.challenger),
    ]),
  });
}

function renderFlips(
  { bothRight, onlyChallenger, onlyChampion, bothWrong }: Flips,
  { task, rows }: ModelComparison,
): Markup {
  const cell = (value: number): string => `${count(value)} (${percent(value / rows)})`;
  const [old, fresh] =
    task === 'regression'
      ? ['champion nearer', 'challenger nearer']
      : ['only the champion right', 'only the challenger right'];
  return renderTable({
    caption: 'Flips: rows on which the two models differ in being right',
    head: ['rows', 'of the holdout'],
    rows: [
      [task === 'regression' ? 'equally near' : 'both right', cell(bothRight)],
      [fresh, cell(onlyChallenger)],
      [old, cell(onlyChampion)],
      ...(task === 'regression' ? [] : [['both wrong', cell(bothWrong)]]),
    ],
  });
}
