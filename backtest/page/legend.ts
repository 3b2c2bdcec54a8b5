import { escape } from '../../adapters/page/escape.ts';
import { looksOf } from './looks.ts';

const meanings = [
  ['+', 'signal'],
  ['○', 'training that led to a promotion, or passed the gate'],
  ['×', 'training that the gate turned down, or that failed'],
  ['▲', 'promotion'],
  ['▼', 'rollback'],
] as const;

/** A sample of every policy's line beside its name. */
export function lineLegend(policies: readonly string[]): string {
  const items = [...looksOf(policies)].map(([policy, { colour, dash, width }]) => {
    const line = `<line x1="1" y1="6" x2="35" y2="6" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
    return `<li><svg width="36" height="12" aria-hidden="true">${line}</svg> ${escape(policy)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}

export function markLegend(): string {
  const items = meanings.map(
    ([mark, meaning]) => `<li><span class="mark" aria-hidden="true">${mark}</span> ${meaning}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}
