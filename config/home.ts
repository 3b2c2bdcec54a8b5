import { join, resolve } from 'node:path';

/** Folders below the home directory, where everything that must outlive a process lies. */
export interface Home {
  readonly registry: string;
  readonly store: string;
  readonly ledger: string;
  readonly replicas: string;
  readonly work: string;
  readonly runs: string;
  /** Local copies of packages whose registry is elsewhere. */
  readonly packages: string;
  readonly cursors: string;
  /** What probations have still to look at in the log, by model. */
  readonly holds: string;
  readonly settings: string;
  /** Canaries that are open, by model. */
  readonly canaries: string;
  readonly projects: string;
  /** The aliases that the service followed last, by model, where they are kept in MLflow. */
  readonly followed: string;
  /** API keys, the secret that worker and service share, the audit log. */
  readonly security: string;
  readonly reports: string;
  /** By model, the newest trace in which outcomes came in; only where traces are on. */
  readonly traces: string;
}

export function homeAt(directory: string): Home {
  const home = resolve(directory);
  return {
    registry: join(home, 'registry'),
    store: join(home, 'store'),
    ledger: join(home, 'ledger'),
    replicas: join(home, 'replicas'),
    work: join(home, 'work'),
    runs: join(home, 'runs'),
    packages: join(home, 'packages'),
    cursors: join(home, 'cursors'),
    holds: join(home, 'holds'),
    settings: join(home, 'settings'),
    canaries: join(home, 'canaries'),
    projects: join(home, 'projects'),
    followed: join(home, 'followed'),
    security: join(home, 'security'),
    reports: join(home, 'reports'),
    traces: join(home, 'traces'),
  };
}
