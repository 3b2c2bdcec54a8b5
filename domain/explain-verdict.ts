import type { Check, Verdict } from './verdict.ts';

/**
 * Every check that a verdict rests on, in a sentence each: "fail: slices: challenger harms 1 of 4 slices …". Checks that count come first, the failing
 * before the undecided before the passing; then what was only reported.
 */
export function explainVerdict({ checks }: Pick<Verdict, 'checks'>): readonly string[] {
  const order = ['fail', 'inconclusive', 'pass'];
  const rank = ({ outcome, advisory }: Pick<Check, 'outcome' | 'advisory'>): number =>
    (advisory ? order.length : 0) + order.indexOf(outcome);
  return [...checks]
    .sort((a, b) => rank(a) - rank(b))
    .map(
      ({ name, outcome, reason, advisory }) => `${outcome}${advisory ? ' (reported only)' : ''}: ${name}: ${reason}`,
    );
}
