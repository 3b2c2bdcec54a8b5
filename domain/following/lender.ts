import type { LedgerRecord } from '../lifecycle/events.ts';
import type { RetrainResult } from '../lifecycle/results.ts';
import type { Switch } from '../lifecycle/switch.ts';
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

type Told = Pick<LedgerRecord, 'id' | 'kind' | 'evidence'>;

/**
 * The challengers since a champion that may lend it their networks, newest first: the newest one does.
 *
 * @param entries of the ledger, oldest first
 * @param base the champion, as it passed the gate
 */
export function listLenders(entries: readonly Told[], base: string): readonly string[] {
  const promoted = entries
    .filter(({ id, kind }) => kind === 'promotion' && id.endsWith('/done'))
    .map(({ evidence }) => (evidence as Switch).after.champion);
  const since = entries.slice(entries.findLastIndex(({ kind, evidence }) => promotes(kind, evidence, base)) + 1);
  return since
    .filter(({ kind }) => kind.startsWith('gate: '))
    .map(({ evidence }) => evidence as RetrainResult)
    .flatMap((result) => (result.version !== null && result.lends === true ? [result.version] : []))
    .filter((version) => !promoted.includes(version))
    .reverse();
}

function promotes(kind: string, evidence: unknown, version: string): boolean {
  return kind === 'promotion' && (evidence as Partial<Switch>).after?.champion === version;
}
