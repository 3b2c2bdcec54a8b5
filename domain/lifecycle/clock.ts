import type { Amount, PolicyClock } from '../policy.ts';

export const startOfClock: PolicyClock = { rows: 0, labels: 0, eventMs: null };

const dayMs = 86_400_000;

/** How much of `amount`'s own unit lies between two readings; 0 where the project has no event time. */
function distance(amount: Amount, from: PolicyClock, to: PolicyClock): number {
  if ('rows' in amount) return to.rows - from.rows;
  if ('labels' in amount) return to.labels - from.labels;
  return from.eventMs === null || to.eventMs === null ? 0 : to.eventMs - from.eventMs;
}

function size(amount: Amount): number {
  if ('rows' in amount) return amount.rows;
  return 'labels' in amount ? amount.labels : amount.eventMs;
}

export function hasElapsed(amount: Amount, from: PolicyClock, to: PolicyClock): boolean {
  return distance(amount, from, to) >= size(amount);
}

/** What is left of `amount`, in its own unit, as words: "1,200 labels", "2.5 days". */
export function describeRemaining(amount: Amount, from: PolicyClock, to: PolicyClock): string {
  return describe(amount, Math.max(0, size(amount) - distance(amount, from, to)));
}

export function describeAmount(amount: Amount): string {
  return describe(amount, size(amount));
}

function describe(amount: Amount, left: number): string {
  if ('rows' in amount) return `${left.toLocaleString('en-US')} rows`;
  if ('labels' in amount) return `${left.toLocaleString('en-US')} labels`;
  return `${Math.round((left / dayMs) * 10) / 10} days of event time`;
}

export function multiply(amount: Amount, factor: number): Amount {
  if ('rows' in amount) return { rows: amount.rows * factor };
  return 'labels' in amount ? { labels: amount.labels * factor } : { eventMs: amount.eventMs * factor };
}
