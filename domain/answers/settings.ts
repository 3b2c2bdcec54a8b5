import { defaultAnswerPolicy, type AnswerPolicy } from './policy.ts';

/** Columns that the log must not show. */
export interface PrivacyPolicy {
  /** Categorical features whose values are replaced by a keyed hash before anything else sees them: model, log and snapshots. */
  readonly hash: readonly string[];
  /** Columns that a client may send and that are neither logged nor features. */
  readonly omit: readonly string[];
}

/** What a project says to the prediction service; the worker leaves it where the service looks. */
export interface AnswerSettings {
  readonly answers: AnswerPolicy;
  readonly privacy: PrivacyPolicy;
}

export const noPrivacy: PrivacyPolicy = { hash: [], omit: [] };

export const defaultAnswerSettings: AnswerSettings = { answers: defaultAnswerPolicy, privacy: noPrivacy };
