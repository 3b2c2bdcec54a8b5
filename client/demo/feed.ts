import type { LabelledRows } from '../../adapters/ports/store.ts';
import type { DataSchema } from '../../domain/table.ts';
import type { Stack } from '../start/stack.ts';
import { wireRows } from './rows.ts';

/** A row is half an hour. */
export const weekRows = 336;
const dayRows = 48;

/** Sends rows in time order through the prediction service; a day's labels follow when the next day has been predicted. */
export interface Feed {
  readonly total: number;
  sent(): number;
  isOver(): boolean;
  sendWeek(): Promise<void>;
  sendLastLabels(): Promise<void>;
  /** Probabilities of class 1, as they were answered. */
  probabilities(): readonly number[];
  labels(): readonly number[];
  /** The label that was the newest known when each row was predicted: the baseline "same as last". */
  lastKnownLabels(): readonly number[];
}

interface Day {
  readonly ids: readonly string[];
  readonly from: number;
}

export function createFeed(
  { predictions, project }: Stack,
  schema: DataSchema,
  rows: LabelledRows,
  start: number,
): Feed {
  const total = rows.table.rowCount - start;
  const answered: number[] = [];
  const known: number[] = [];
  let sent = 0;
  let open: Day | null = null;

  const labelsOf = ({ ids, from }: Day): { id: string; label: string }[] =>
    ids.map((id, index) => ({ id, label: schema.classes[rows.labels[from + index] ?? 0] ?? '' }));

  const sendLabels = async (): Promise<void> => {
    if (open !== null) await predictions.feedback(project.name, { outcomes: labelsOf(open) });
    open = null;
  };

  const sendDay = async (): Promise<void> => {
    const from = start + sent;
    const to = Math.min(from + dayRows, rows.table.rowCount);
    const answer = await predictions.predict(project.name, { rows: wireRows(rows, schema, from, to) });
    const newestKnown = rows.labels[open === null ? from - 1 : open.from - 1] ?? 0;
    for (const { probabilities } of answer.predictions) {
      answered.push(probabilities?.[schema.classes[1] ?? '1'] ?? Number.NaN);
      known.push(newestKnown);
    }
    await sendLabels();
    open = { ids: answer.predictions.map(({ id }) => id), from };
    sent += to - from;
  };

  return {
    total,
    sent: () => sent,
    isOver: () => sent >= total,
    async sendWeek() {
      for (let day = 0; day < weekRows / dayRows && sent < total; day += 1) await sendDay();
    },
    sendLastLabels: sendLabels,
    probabilities: () => answered,
    labels: () => Array.from(rows.labels.subarray(start, start + sent)),
    lastKnownLabels: () => known,
  };
}
