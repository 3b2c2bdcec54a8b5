import type { Importances } from '../../domain/explain/importances.ts';
import { atTwoWidths } from '../page/draw.ts';
import { markup, raw, type Markup } from '../page/markup.ts';
import { figure } from './frame.ts';
import { drawImportances } from './model-plots.ts';
import { count } from './words.ts';

/** What the challenger owes to each feature. */
export function renderImportances(importances: Importances | null): Markup {
  if (importances === null) {
    return markup`<h2>What it owes to each feature</h2><p>Not measured: a challenger that is refused will never serve.</p>`;
  }
  const { rows, repeats, features, loss } = importances;
  const picture = atTwoWidths((size) => drawImportances(importances, size), { wide: 0, narrow: 0 });
  const more = features.length > 20 ? `; the 20 most important of ${count(features.length)}` : '';
  return markup`<h2>What it owes to each feature</h2>
${figure(
  raw(picture),
  `How much the ${loss} rises when the feature is another row's: ${count(rows)} rows, ${count(repeats)} permutations, 95% intervals${more}. About zero: it owes it nothing.`,
)}`;
}
