import type { GateEvidence } from '../evidence.ts';
import { subtractLosses } from '../losses.ts';
import { lossesOfModel, type PrimaryLoss } from '../utility/primary.ts';
import type { Harm } from './slice-test.ts';

/** By how much each row's loss is larger with the challenger than with the champion. */
export function harmOf(evidence: GateEvidence, primary: PrimaryLoss): Harm {
  const old = lossesOfModel(primary, evidence, evidence.champion!);
  const values = subtractLosses(lossesOfModel(primary, evidence, evidence.challenger), old);
  return { values, isZeroOne: primary.kind === 'error', blockOf: evidence.blockOf };
}
