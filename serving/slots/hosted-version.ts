import type { compileRowCheck } from '../../adapters/data/row-check.ts';
import type { ExplainRow } from '../explain.ts';
import type { ServedModel } from '../../adapters/engine/serve-model.ts';
import type { AnswerFacts, createRangeCheck } from '../../domain/answers/facts.ts';
import type { FindRowText } from '../quick/row-text.ts';

/** A version in memory. */
export interface HostedVersion {
  readonly version: string;
  readonly model: ServedModel;
  /** Of the holdout, for intervals; null where it is not known. */
  readonly residuals: AnswerFacts['residuals'];
  /** Features of a row that have a value which the training rows did not have; none where that is not known. */
  readonly listOutside: ReturnType<typeof createRangeCheck>;
  /** Quickly tells rows that are certainly good from those that have to be looked at. */
  readonly isGoodRow: ReturnType<typeof compileRowCheck>;
  readonly findRowText: FindRowText;
  readonly explain: ExplainRow;
  readonly loadedAtMs: number;
  readonly goldenMaxDifference: number;
  /** Keeps the version in memory until the returned function is called, once. */
  acquire(): () => void;
  /** Lets the version go as soon as nobody has acquired it. */
  retire(): void;
}

/** Counts who uses a loaded model, so that a request finishes on the version that it began on. */
export function hostVersion(facts: Omit<HostedVersion, 'acquire' | 'retire'>): HostedVersion {
  let users = 0;
  let isRetired = false;
  const disposeWhenIdle = (): void => {
    if (isRetired && users === 0) facts.model.dispose();
  };
  return {
    ...facts,
    acquire() {
      users += 1;
      return () => {
        users -= 1;
        disposeWhenIdle();
      };
    },
    retire() {
      if (isRetired) return;
      isRetired = true;
      disposeWhenIdle();
    },
  };
}
