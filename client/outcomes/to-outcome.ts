import type { FiledOutcome } from '../../adapters/data/read-outcome-file.ts';
import { parseTime } from '../../adapters/data/parse-time.ts';
import type { FeedbackRequest } from '../../config/wire.ts';

export type WireOutcome = FeedbackRequest['outcomes'][number];

/** Why a row of the file can't be sent. */
export interface RowProblem {
  readonly line: number;
  readonly reason: string;
}

export interface OutcomeContext {
  /** Of the model that serves; none for a regression. */
  readonly classes: readonly string[];
  /** An entity's newest prediction up to so long before `time` is meant; 0: the one at `time`. */
  readonly withinMs: number;
}

const longestName = 200;

/** A row of a file as the service takes it, or what is wrong with it. */
export function toOutcome(row: FiledOutcome, { classes, withinMs }: OutcomeContext): WireOutcome | RowProblem {
  const refuse = (reason: string): RowProblem => ({ line: row.line, reason });
  const label = readLabel(row.label, classes);
  if (typeof label === 'object') return refuse(label.reason);
  const labelTime = row.labelTime === null ? null : readTime(row.labelTime);
  if (labelTime === undefined) return refuse(`label_time ${show(row.labelTime)} is no time: write it in ISO 8601`);
  const rest = { label, ...(labelTime !== null && { labelTime }) };
  if (row.id !== null) {
    const id = readName(row.id);
    return id === null ? refuse(`id ${show(row.id)} is no text of up to ${longestName} characters`) : { id, ...rest };
  }
  if (row.entity === null || row.time === null) return refuse('it has neither an id, nor an entity and a time');
  const time = readTime(row.time);
  if (time === undefined) return refuse(`time ${show(row.time)} is no time: write it in ISO 8601`);
  const entity = readName(row.entity);
  if (entity === null) return refuse(`entity ${show(row.entity)} is no text of up to ${longestName} characters`);
  return { entity, time, ...(withinMs > 0 && { withinMs }), ...rest };
}

/** The name that the service calls an outcome by. */
export function nameOf({ id, entity = '', time = '' }: WireOutcome): string {
  return id ?? `${entity}@${time}`;
}

function readLabel(label: unknown, classes: readonly string[]): string | number | { readonly reason: string } {
  if (label === null) return { reason: 'it has no label' };
  if (classes.length === 0) {
    const value = typeof label === 'number' || typeof label === 'string' ? Number(label) : Number.NaN;
    return Number.isFinite(value) ? value : { reason: `label ${show(label)} is no number` };
  }
  const name = typeof label === 'string' ? label : JSON.stringify(label);
  return classes.includes(name) ? name : { reason: `label ${show(name)} is none of ${classes.join(', ')}` };
}

function readName(value: unknown): string | null {
  const name = typeof value === 'number' ? String(value) : value;
  return typeof name === 'string' && name.length <= longestName ? name : null;
}

/** ISO 8601 in UTC; undefined for what is no time. */
function readTime(value: unknown): string | undefined {
  const ms = typeof value === 'string' ? parseTime(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const show = (value: unknown): string => JSON.stringify(value);
