import { markup, type Markup } from './markup.ts';

type Cell = Markup | string | number;

export interface TableContent {
  /** Read out before the table, and what a screen reader calls the part that can be scrolled. */
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row is its head. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A table that scrolls by itself where a phone is narrower. */
export function renderTable({ caption, head, rows }: TableContent): Markup {
  const names = head.map((name) => markup`<th scope="col">${name}</th>`);
  const lines = rows.map(
    ([
      first = '',
      ...rest
    ]) => markup`<tr><th scope="row">${first}</th>${rest.map((cell) => markup`<td>${cell}</td>`)}</tr>
`,
  );
  return markup`<p class="facts caption">${caption}</p>
<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table><thead><tr>${names}</tr></thead><tbody>
${lines}</tbody></table></div>`;
}
