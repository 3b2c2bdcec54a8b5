import type { CardBlock, ModelCard } from '../../domain/report/card.ts';
import type { WrittenCard } from '../ports/model-packages.ts';
import { htmlDocument } from '../page/document.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';

/** A model card as Markdown, as registries show it, and as a page that asks for nothing else. */
export function renderCard(card: ModelCard): WrittenCard {
  return { markdown: toMarkdown(card), html: htmlDocument(card.title, toHtml(card)).html };
}

function toHtml({ title, sections }: ModelCard): Markup {
  return markup`<h1>${title}</h1>
${sections.map(
  ({ title: name, blocks }) => markup`<h2>${name}</h2>
${blocks.map(blockToHtml)}
`,
)}`;
}

function blockToHtml(block: CardBlock): Markup {
  switch (block.kind) {
    case 'text':
      return markup`<p>${withCode(block.text)}</p>`;
    case 'list':
      return markup`<ul>${block.items.map((item) => markup`<li>${withCode(item)}</li>`)}</ul>`;
    case 'table':
      return renderTable(block);
  }
}

/** What stands between backquotes is code, as in Markdown. */
function withCode(text: string): readonly Markup[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
}

function toMarkdown({ title, sections }: ModelCard): string {
  const parts = sections.flatMap(({ title: name, blocks }) => [`## ${name}`, ...blocks.map(blockToMarkdown)]);
  return `${[`# ${title}`, ...parts].join('\n\n')}\n`;
}

function blockToMarkdown(block: CardBlock): string {
  switch (block.kind) {
    case 'text':
      return plain(block.text);
    case 'list':
      return block.items.map((item) => `- ${plain(item)}`).join('\n');
    case 'table': {
      const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
      const rule = `| ${block.head.map(() => '---').join(' | ')} |`;
      return [`${block.caption}:`, '', line(block.head), rule, ...block.rows.map(line)].join('\n');
    }
  }
}

/** Names of columns and classes are the user's: they must neither become HTML nor break a table. */
function plain(text: string): string {
  return text.replaceAll('<', '\\<').replaceAll('\n', ' ');
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|');
}
