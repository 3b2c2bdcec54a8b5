/** What the prediction service answers beside the model's outputs, and when it answers without them. */
export interface AnswerPolicy {
  /** Share of outcomes that the interval around a predicted value is to hold. */
  readonly intervalLevel: number;
  /** No class is answered whose probability is below this; null always answers. */
  readonly abstainBelow: number | null;
  /** No answer to a row with a value that the training rows did not have. */
  readonly abstainOutOfRange: boolean;
  /** Share of entities (of rows, where they have none) that are decided without the model; 0 for none. */
  readonly controlShare: number;
  /** How those are decided: by a draw among the classes, or always by one class. */
  readonly controlDecision: 'random' | { readonly always: string };
}

export const defaultAnswerPolicy: AnswerPolicy = {
  intervalLevel: 0.9,
  abstainBelow: null,
  abstainOutOfRange: false,
  controlShare: 0,
  controlDecision: 'random',
};
