import { escape } from './escape.ts';

/** Text that is HTML already; everything else is escaped where it is put into a page. */
export interface Markup {
  readonly html: string;
}

type Piece = Markup | string | number | null | readonly Piece[];

/** Marks text as HTML that our own code has made. */
export function raw(html: string): Markup {
  return { html };
}

/** A template of HTML: what is filled in is escaped unless it is markup, lists are joined, null leaves nothing. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return raw(parts.map((part, index) => part + (index < pieces.length ? toHtml(pieces[index]!) : '')).join(''));
}

function toHtml(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string' || typeof piece === 'number') return escape(String(piece));
  return 'html' in piece ? piece.html : piece.map(toHtml).join('');
}
