import { markup, raw, type Markup } from '../page/markup.ts';

/** The challenger is solid, the champion broken: no colour is needed to tell them apart. */
export const looks = {
  challenger: { stroke: 'var(--c1)', strokeWidth: 2, strokeDasharray: 'none' },
  champion: { stroke: 'var(--c3)', strokeWidth: 2, strokeDasharray: '6 4' },
} as const;

/** Samples of two lines beside their names. */
export function pairLegend(solid: string, broken: string | null): Markup {
  const item = (name: string, { stroke, strokeDasharray }: (typeof looks)[keyof typeof looks]): Markup => {
    const line = `<line x1="1" y1="6" x2="35" y2="6" stroke="${stroke}" stroke-width="2" stroke-dasharray="${strokeDasharray}"/>`;
    return markup`<li><svg width="36" height="12" aria-hidden="true">${raw(line)}</svg> ${name}</li>`;
  };
  return markup`<ul class="legend">${item(solid, looks.challenger)}${broken === null ? null : item(broken, looks.champion)}</ul>`;
}
