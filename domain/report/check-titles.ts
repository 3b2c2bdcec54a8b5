import type { Check, Outcome } from '../verdict.ts';
import type { CheckLine } from './report.ts';

const titles: Readonly<Record<string, string>> = {
  'paired-loss': 'Better than the champion',
  'non-inferiority': 'No worse than the margin allows',
  brier: 'Better probabilities',
  'log-loss': 'Log loss',
  'auc-delong': 'Area under the ROC curve',
  'baseline:majority': 'Better than always giving the commonest class',
  'baseline:mean': 'Better than always giving the mean',
  'baseline:class-shares': 'Better than the shares of the classes',
  'baseline:same-as-last': 'Better than the last known label',
  slices: 'No slice harmed',
  'negative-flips': 'Rows that only the champion had right',
  'negative-flips:slices': 'Rows that only the champion had right, by slice',
  'calibration:brier': 'Probabilities no worse (Brier score)',
  'calibration:error': 'Calibration no worse',
  coverage: 'Holdout within what it was trained on',
  cost: 'Cost to serve',
  'golden-set': 'Golden set',
  'sequential-mcnemar': 'No worse than the predecessor, label by label',
  'sequential-blocks': 'No worse than the predecessor, block by block',
  betting: 'No worse than the predecessor, by size of errors',
  'shiryaev-roberts': 'No decay after a better start',
  'absolute-risk': 'Loss as its holdout promised',
};

const prefixes: readonly (readonly [string, string])[] = [
  ['slice:', 'Slice '],
  ['slices:', 'Slices of '],
  ['fairness', 'Fairness'],
  ['robustness', 'Robustness'],
  ['leak:', 'Rows not seen before by the '],
  ['quarantine:', 'Unlike the rolled-back version '],
  ['cost', 'Cost to serve'],
  ['coverage', 'Coverage'],
  ['drift:', 'Drift of '],
];

/** What a check is called on a page: a known name's title, else the name itself in words. */
export function titleOf(name: string): string {
  const known = titles[name];
  if (known !== undefined) return known;
  const found = prefixes.find(([prefix]) => name.startsWith(prefix));
  if (found === undefined) return name.replaceAll('-', ' ');
  const rest = name.slice(found[0].length).replace(/^:/, '');
  if (found[0].endsWith(':')) return `${found[1]}${rest}`;
  return rest === '' ? found[1] : `${found[1]}: ${rest.replaceAll('-', ' ')}`;
}

const order: readonly Outcome[] = ['fail', 'inconclusive', 'pass'];

/** Checks that count first, the failing before the undecided before the passing; then what was only reported. */
export function toCheckLines(checks: readonly Check[]): readonly CheckLine[] {
  const rank = ({ outcome, advisory }: Check): number => (advisory ? order.length : 0) + order.indexOf(outcome);
  return checks.map((check) => ({ ...check, title: titleOf(check.name) })).sort((a, b) => rank(a) - rank(b));
}
