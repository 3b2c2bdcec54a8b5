import type { PeerGroup } from './peers.ts';
import type { Section } from './report.ts';

export interface BenchOptions {
  /** How often each subject is measured. */
  readonly runs: number;
  /** As long, and as large, as a target asks for; else enough to see whether it is in reach. */
  readonly isLong: boolean;
}

/** One section of the report: a file of its own in sections/. */
export interface Bench {
  readonly measure: (options: BenchOptions) => Promise<Section>;
  /** Whom it is measured against, or null. */
  readonly peers: PeerGroup | null;
}
