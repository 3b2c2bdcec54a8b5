/** A version that answers a share of the entities while another one is champion. */
export interface Canary {
  readonly version: string;
  /** From 0, which lets it score in the shadow only, to below 1. */
  readonly share: number;
}

/** What one replica of the prediction service says of one version it has loaded. */
export interface LoadedVersion {
  readonly version: string;
  readonly role: 'champion' | 'previous' | 'challenger';
  readonly loadedAtMs: number;
  /** Largest absolute difference of the golden predictions at load. */
  readonly goldenMaxDifference: number;
}

export interface ReplicaStatus {
  readonly replicaId: string;
  /** Base URL, e.g. http://127.0.0.1:8080 */
  readonly url: string;
  readonly loaded: readonly LoadedVersion[];
  /** The version that answers now; null before the first champion. */
  readonly serving: string | null;
  /** The challenger that answers a share of the entities; null while the champion answers all. */
  readonly canary: Canary | null;
  /** Why a version that an alias names could not be loaded; null when all is well. */
  readonly problem: string | null;
}

/** The living replicas of the prediction service. */
export interface Replicas {
  /** Asks every replica that beat its heart lately; one that does not answer makes this throw. */
  list(model: string): Promise<readonly ReplicaStatus[]>;
  /** Has the replica replay the version's golden rows now; the largest absolute difference. */
  verifyGolden(replica: ReplicaStatus, model: string, version: string): Promise<number>;
}
