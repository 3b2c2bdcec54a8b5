/** How a run's budget of training is spent among its candidates. */
export interface SearchPolicy {
  /** Stop candidates that others have left behind: never, always, or (`auto`) where training takes so long that it saves time. */
  readonly earlyDecisions: 'off' | 'auto' | 'on';
  /** At each comparison the best one in so many goes on. */
  readonly eta: number;
  /** Epochs before the first comparison; the next one comes after `eta` times as many. */
  readonly firstEpochs: number;
}

/** The best third goes on, as Li et al. (2018) advise; three epochs show a bad learning rate or a wrong window. */
export const defaultSearchPolicy: SearchPolicy = { earlyDecisions: 'auto', eta: 3, firstEpochs: 3 };
