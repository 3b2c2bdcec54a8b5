/** How a run's budget of training is spent among its candidates. */
export interface SearchPolicy {
  /** Stop candidates that others have left behind: never, always, or (`auto`) where training takes so long that it saves time. */
  readonly earlyDecisions: 'off' | 'auto' | 'on';
  /** At each comparison the best one in so many goes on. */
  readonly eta: number;
  /** Epochs before the first comparison; the next one comes after `eta` times as many. */
  readonly firstEpochs: number;
  /** `champion`: one more candidate begins from the weights that the champion has of its configuration. */
  readonly warmStart: 'off' | 'champion';
}

/**
 * Three epochs show a bad learning rate or a wrong window. The better half goes on: a third (Li et al. 2018) cost the blend some of its networks' variety. Weights of the
 * champion gained nothing where training is short (docs/METHODS.md).
 */
export const defaultSearchPolicy: SearchPolicy = {
  earlyDecisions: 'auto',
  eta: 2,
  firstEpochs: 3,
  warmStart: 'off',
};
