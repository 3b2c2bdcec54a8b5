import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisterRequest } from '../../ports/registry.ts';

/** The longest description of a version that MLflow's database takes, in characters. */
const mostCharacters = 5_000;
const pointer = 'The whole model card is `model-card.md`, among the files of this version.';

/**
 * What MLflow's page of a version shows of it, as Markdown: why it was registered (lists of versions show the beginning only),
 * then its model card, of which whole sections are left out at the end where they don't fit. Null where nothing is known.
 */
export async function describeVersion(
  request: Pick<RegisterRequest, 'packageDirectory' | 'tags'>,
): Promise<string | null> {
  const { reason } = request.tags;
  const card = await readCard(request.packageDirectory);
  const lead = reason === undefined ? [] : [shorten(reason.replaceAll('<', '\\<'))];
  const sections = card === null ? [] : card.trim().split(/\n\n(?=## )/);
  const whole = [...lead, ...sections].join('\n\n');
  if (whole.length <= mostCharacters) return whole === '' ? null : whole;
  const kept = [...lead];
  for (const section of sections) {
    if ([...kept, section, pointer].join('\n\n').length > mostCharacters) break;
    kept.push(section);
  }
  return [...kept, pointer].join('\n\n');
}

/** To half of what there is room for, and never to half a character. */
function shorten(text: string): string {
  return text.slice(0, mostCharacters / 2).replace(/[\uD800-\uDBFF]$/, '');
}

/** Null for a package without one. */
async function readCard(packageDirectory: string): Promise<string | null> {
  try {
    return await readFile(join(packageDirectory, 'model-card.md'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
