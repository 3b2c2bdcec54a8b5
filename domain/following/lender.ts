import type { Verdict } from '../verdict.ts';

/** What the gate asks of losses. Live labels ask it anew, of every network that is lent, on every row. */
const askedAgain: readonly string[] = [
  'paired-loss',
  'non-inferiority',
  'brier',
  'log-loss',
  'auc-delong',
  'negative-flips',
  'calibration:brier',
  'calibration:error',
];

/**
 * Whether the networks of a challenger that was not promoted may take part in following: they may have been worse, or undecided, on a holdout that is
 * past. Harm to a slice or a group, an exam that it had seen, and likeness to what was rolled back is nothing that following would see: with any of
 * these it lends nothing.
 */
export function mayLend({ outcome, checks }: Pick<Verdict, 'outcome' | 'checks'>): boolean {
  if (outcome !== 'fail' && outcome !== 'inconclusive') return false;
  return checks.every((check) => check.outcome !== 'fail' || isAskedAgain(check.name));
}

function isAskedAgain(name: string): boolean {
  return askedAgain.includes(name) || name.startsWith('baseline:');
}
