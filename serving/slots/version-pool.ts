import type { HostedVersion } from './hosted-version.ts';
import { loadVersion, type VersionSource } from './load-version.ts';

/** A version that an alias names and that could not be loaded. */
export interface LoadFailure {
  readonly version: string;
  readonly reason: string;
  readonly sinceMs: number;
  readonly attempts: number;
  readonly retryAtMs: number;
}

export interface VersionPoolOptions extends VersionSource {
  readonly model: string;
  /** Wait before a version that could not be loaded is tried again; doubles up to a minute. */
  readonly firstRetryMs: number;
  readonly onLoad: (hosted: HostedVersion) => void;
  readonly onFailure: (failure: LoadFailure, error: unknown) => void;
}

/** The versions of one model that are in memory, each loaded once whatever roles it goes through. */
export interface VersionPool {
  /** Null for a version that is not loaded. */
  get(version: string | null): HostedVersion | null;
  /** Loads a version unless it is there, or failed a moment ago. Never rejects. */
  load(version: string): Promise<void>;
  /** Lets all other versions go. */
  keepOnly(versions: ReadonlySet<string>): void;
  failures(): readonly LoadFailure[];
}

const maxRetryMs = 60_000;

export function createVersionPool(options: VersionPoolOptions): VersionPool {
  const { model, firstRetryMs, onLoad, onFailure } = options;
  const loaded = new Map<string, HostedVersion>();
  const failures = new Map<string, LoadFailure>();
  return {
    get: (version) => (version === null ? null : (loaded.get(version) ?? null)),
    async load(version) {
      const earlier = failures.get(version);
      if (loaded.has(version) || (earlier !== undefined && Date.now() < earlier.retryAtMs)) return;
      try {
        const hosted = await loadVersion(options, model, version);
        loaded.set(version, hosted);
        failures.delete(version);
        onLoad(hosted);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const failure = failAgain(earlier, version, reason, Date.now(), firstRetryMs);
        failures.set(version, failure);
        onFailure(failure, error);
      }
    },
    keepOnly(versions) {
      for (const version of failures.keys()) if (!versions.has(version)) failures.delete(version);
      for (const [version, hosted] of loaded) {
        if (versions.has(version)) continue;
        loaded.delete(version);
        hosted.retire();
      }
    },
    failures: () => [...failures.values()],
  };
}

function failAgain(
  earlier: LoadFailure | undefined,
  version: string,
  reason: string,
  nowMs: number,
  firstRetryMs: number,
): LoadFailure {
  const attempts = (earlier?.attempts ?? 0) + 1;
  const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** (attempts - 1));
  return { version, reason, sinceMs: earlier?.sinceMs ?? nowMs, attempts, retryAtMs: nowMs + waitMs };
}
