import { connectToMlflow, type MlflowSettings } from '../mlflow/connection.ts';
import { openFileTracking } from './file-tracking.ts';
import { openMirroredTracking, type MirroredTracking } from './mirrored-tracking.ts';
import { openMlflowTracking } from './mlflow-tracking.ts';

export interface TrackingPlace {
  readonly directory: string;
  /** Null keeps runs in files alone. */
  readonly mlflow: MlflowSettings | null;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Runs in files, and in MLflow where the environment names one. */
export function openTracking({ directory, mlflow, onTrouble }: TrackingPlace): MirroredTracking {
  const journal = openFileTracking({ directory });
  if (mlflow === null) return { ...journal, close: () => Promise.resolve() };
  const mirror = openMlflowTracking(connectToMlflow(mlflow));
  return openMirroredTracking({ journal, directory, mirror, onTrouble });
}
