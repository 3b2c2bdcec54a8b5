import type { LadderState } from '../gate/ladder.ts';
import type { Payback } from '../triage/payback.ts';
import type { SearchAccount } from '../search/successive-halving.ts';
import type { Check, Outcome } from '../verdict.ts';

/** What a retraining run came to. Rows and models stay outside: only references travel. */
export interface RetrainResult {
  /** The gate's outcome, or `blocked` where the data were refused before any training. */
  readonly outcome: Outcome | 'blocked';
  /** One sentence with the figures. */
  readonly reason: string;
  /** The registered challenger; null where none was trained. */
  readonly version: string | null;
  readonly candidateId: string | null;
  readonly snapshotId: string | null;
  /** Same snapshot, same configurations: same fingerprint. */
  readonly fingerprint: string | null;
  /** Key of the snapshot's newest row: later rows are fresh. */
  readonly lastKey: string | null;
  readonly trainings: number;
  /** Ids of this run's candidates whose networks the challenger is made of. */
  readonly networks: readonly string[];
  readonly checks: readonly Check[];
  /** Not promoted, but its networks may help a champion to follow its labels. */
  readonly lends?: boolean;
  /** Which candidates were stopped on the way; absent where nobody was compared. */
  readonly search?: SearchAccount;
  /** The golden set after this exam, where the project names one. */
  readonly golden?: LadderState;
}

/** A run that was refused before any training. */
export function blockedRun(reason: string): RetrainResult {
  return {
    outcome: 'blocked',
    reason,
    version: null,
    candidateId: null,
    snapshotId: null,
    fingerprint: null,
    lastKey: null,
    trainings: 0,
    networks: [],
    checks: [],
  };
}

/** A retraining trains networks, or gives the champion's own a new calibrator. */
export type RetrainMode = 'train' | 'recalibrate';

/** What triage makes of a set of signals. */
export interface Triage {
  readonly action: 'nothing' | 'fix-data' | 'recalibrate' | 'retrain';
  readonly reason: string;
  /** What was found out about the champion. */
  readonly checks?: readonly Check[];
  /** What a retraining is expected to bring in, and to cost. */
  readonly payback?: Payback;
}

export interface ProbationResult {
  readonly outcome: 'confirmed' | 'rolled-back' | 'inconclusive';
  readonly reason: string;
  readonly checks: readonly Check[];
  /** Both models have become worse than was validated: one sentence, a reason to look; null otherwise. */
  readonly worldChanged: string | null;
  /** Newest prediction that was judged on. */
  readonly lastId?: string | null;
}
