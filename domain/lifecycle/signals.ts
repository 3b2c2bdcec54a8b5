/** Why to look at a model. */
export type SignalKind =
  | 'data-drift'
  | 'prediction-drift'
  | 'performance-drift'
  | 'estimated-performance'
  | 'data-quality'
  | 'label-availability'
  | 'schedule'
  | 'manual'
  | 'external';

export interface Signal {
  readonly kind: SignalKind;
  /** One sentence with the figures. */
  readonly reason: string;
  /** Wall-clock time it was raised, ms since the epoch. */
  readonly atMs: number;
  /** Names of the checks, features or persons behind it. */
  readonly sources?: readonly string[];
}

/** A person asks, who overrules doubts about the data. */
export function isAskedFor(signals: readonly Signal[]): boolean {
  return signals.some(({ kind }) => kind === 'manual');
}
