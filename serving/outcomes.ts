import type { EntityAtTime, LabelRecord, RemovedUpTo } from '../adapters/ports/store.ts';
import type { FeedbackAnswer, FeedbackRequest } from '../config/wire.ts';
import type { DataSchema } from '../domain/table.ts';
import { ServiceError } from './errors.ts';

type Label = LabelRecord['label'];

/** An outcome as it goes on record, once it is known which prediction it belongs to. */
export type Outcome = Pick<LabelRecord, 'label' | 'labelMs'> & {
  /** Of the prediction, or what it was about. */
  readonly of: string | EntityAtTime;
};

/** An outcome whose prediction was looked for: `id` is null where there is none, `name` what the client called it. */
export type FoundOutcome = Pick<LabelRecord, 'label' | 'labelMs'> & {
  readonly id: string | null;
  readonly name: string;
  /** What the prediction was about; null where it was named by its id. */
  readonly timeMs: number | null;
};

export interface SortedOutcomes {
  readonly accepted: readonly LabelRecord[];
  readonly contradicting: readonly LabelRecord[];
  readonly answer: FeedbackAnswer;
}

/**
 * Sorts what a client reports into what is new, what is known already, what contradicts the label on record (or an earlier
 * one of the same request), what is older than the log, and what nobody predicted.
 *
 * @param known what was predicted, with the label on record or null
 * @param removedUpTo null where nothing was removed from the log
 */
export function sortOutcomes(
  outcomes: readonly FoundOutcome[],
  known: ReadonlyMap<string, Label | null>,
  removedUpTo: RemovedUpTo | null,
  atMs: number,
): SortedOutcomes {
  const labels = new Map(known);
  const accepted: LabelRecord[] = [];
  const contradicting: LabelRecord[] = [];
  const [unknown, removed]: [string[], string[]] = [[], []];
  let duplicates = 0;
  for (const outcome of outcomes) {
    const { id, name, label, labelMs } = outcome;
    const onRecord = id === null ? undefined : labels.get(id);
    const record = { id: id ?? '', label, atMs, ...(labelMs == null ? {} : { labelMs }) };
    if (onRecord === undefined) (isRemoved(outcome, removedUpTo) ? removed : unknown).push(name);
    else if (onRecord === null) {
      accepted.push(record);
      labels.set(record.id, label);
    } else if (isSame(onRecord, label)) duplicates += 1;
    else contradicting.push(record);
  }
  const contradictions = contradicting.map(({ id }) => id);
  return {
    accepted,
    contradicting,
    answer: { accepted: accepted.length, duplicates, unknown, removed, contradictions },
  };
}

function isRemoved({ name, timeMs }: FoundOutcome, upTo: RemovedUpTo | null): boolean {
  if (upTo === null) return false;
  return timeMs === null ? name <= upTo.id : timeMs <= upTo.eventMs;
}

/** The log may give the label of a regression back as text. */
function isSame(onRecord: Label, label: Label): boolean {
  return typeof label === 'number' ? Number(onRecord) === label : String(onRecord) === label;
}

/** Outcomes with labels as they go on record: a class name, or a number for a regression. Throws `label-invalid` for anything else. */
export function readOutcomes({ outcomes }: FeedbackRequest, { classes }: DataSchema): readonly Outcome[] {
  return outcomes.map(({ id, entity = '', time = '', withinMs = 0, label, labelTime }, index) => ({
    of: id ?? { entity, timeMs: Date.parse(time), withinMs },
    label: readLabel(label, classes, `outcomes[${index}].label`),
    ...(labelTime === undefined ? {} : { labelMs: Date.parse(labelTime) }),
  }));
}

function readLabel(label: Label, classes: readonly string[], field: string): Label {
  if (classes.length > 0) return readClass(label, classes, field);
  if (typeof label === 'number' && Number.isFinite(label)) return label;
  throw new ServiceError('label-invalid', `${field} is ${JSON.stringify(label)}: it must be a number`, { field });
}

function readClass(label: Label, classes: readonly string[], field: string): string {
  const name = String(label);
  if (classes.includes(name)) return name;
  const allowed = classes.map((known) => `"${known}"`).join(', ');
  const message = `${field} is ${JSON.stringify(label)}: it must be one of ${allowed}`;
  throw new ServiceError('label-invalid', message, { field });
}
