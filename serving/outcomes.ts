import type { LabelRecord } from '../adapters/ports/store.ts';
import type { FeedbackAnswer, FeedbackRequest } from '../config/wire.ts';
import type { DataSchema } from '../domain/table.ts';
import { ServiceError } from './errors.ts';

type Label = LabelRecord['label'];

export interface SortedOutcomes {
  readonly accepted: readonly LabelRecord[];
  readonly contradicting: readonly LabelRecord[];
  readonly answer: FeedbackAnswer;
}

/**
 * Sorts what a client reports into what is new, what is known already, what contradicts the label on record (or an earlier
 * one of the same request), and what nobody predicted.
 *
 * @param known what was predicted, with the label on record or null
 */
export function sortOutcomes(
  outcomes: readonly { readonly id: string; readonly label: Label }[],
  known: ReadonlyMap<string, Label | null>,
  atMs: number,
): SortedOutcomes {
  const labels = new Map(known);
  const accepted: LabelRecord[] = [];
  const contradicting: LabelRecord[] = [];
  const unknown: string[] = [];
  let duplicates = 0;
  for (const { id, label } of outcomes) {
    const onRecord = labels.get(id);
    if (onRecord === undefined) unknown.push(id);
    else if (onRecord === null) {
      accepted.push({ id, label, atMs });
      labels.set(id, label);
    } else if (isSame(onRecord, label)) duplicates += 1;
    else contradicting.push({ id, label, atMs });
  }
  const contradictions = contradicting.map(({ id }) => id);
  return { accepted, contradicting, answer: { accepted: accepted.length, duplicates, unknown, contradictions } };
}

/** The log may give the label of a regression back as text. */
function isSame(onRecord: Label, label: Label): boolean {
  return typeof label === 'number' ? Number(onRecord) === label : String(onRecord) === label;
}

/** Labels as they go on record: a class name, or a number for a regression. Throws `label-invalid` for anything else. */
export function readLabels({ outcomes }: FeedbackRequest, { classes }: DataSchema): { id: string; label: Label }[] {
  return outcomes.map(({ id, label }, index) => {
    const field = `outcomes[${index}].label`;
    if (classes.length > 0) return { id, label: readClass(label, classes, field) };
    if (typeof label === 'number' && Number.isFinite(label)) return { id, label };
    throw new ServiceError('label-invalid', `${field} is ${JSON.stringify(label)}: it must be a number`, { field });
  });
}

function readClass(label: Label, classes: readonly string[], field: string): string {
  const name = String(label);
  if (classes.includes(name)) return name;
  const allowed = classes.map((known) => `"${known}"`).join(', ');
  const message = `${field} is ${JSON.stringify(label)}: it must be one of ${allowed}`;
  throw new ServiceError('label-invalid', message, { field });
}
