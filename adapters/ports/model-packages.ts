import type { DriftReference } from '../../domain/monitoring/reference.ts';
import type { Signature } from './model-runtime.ts';

/** Reads and completes the folder of a model package before it is registered; what is registered never changes. */
export interface ModelPackages {
  readSignature(packageDirectory: string): Promise<Signature>;
  /** What the version's live inputs and predictions are compared with. */
  readReference(packageDirectory: string): Promise<DriftReference>;
  writeReference(packageDirectory: string, reference: DriftReference): Promise<void>;
}
