import { formatPoints } from '../gate/wording.ts';
import type { Task } from '../task.ts';

/** "1.9 points", and for regression "1.9 points of the labels' variance". */
export function points(difference: number, task: Task): string {
  const text = `${formatPoints(Math.abs(difference)).replace('+', '')} points`;
  return task === 'regression' ? `${text} of the labels' variance` : text;
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 10 || value === 0 ? Math.round(value) : Number(value.toPrecision(2))}%`;
}

/** At most five names. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}
