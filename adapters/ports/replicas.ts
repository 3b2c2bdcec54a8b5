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
