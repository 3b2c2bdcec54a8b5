/** How much worse than the champion a challenger may take missing values and noise. */
export interface RobustnessPolicy {
  /** `require`: a challenger that is shown to take them worse is refused. `report`: it is shown only. */
  readonly robustness: 'report' | 'require';
  /** Quality that it may lose more than the champion does, in units of loss. */
  readonly robustnessMargin: number;
}

export const defaultRobustnessPolicy: RobustnessPolicy = { robustness: 'report', robustnessMargin: 0.02 };
