import type { GateEvidence } from '../evidence.ts';
import { primaryLosses, subtractLosses, varianceOf } from '../losses.ts';
import type { Harm } from './slice-test.ts';

/** By how much each row's loss is larger with the challenger: wrong answers, or squared errors in units of the labels' variance. */
export function harmOf({ task, labels, champion, challenger, blockOf }: GateEvidence): Harm {
  const unit = task === 'regression' ? varianceOf(labels) : 1;
  const old = primaryLosses(task, labels, champion!);
  const values = subtractLosses(primaryLosses(task, labels, challenger), old).map((value) => value / unit);
  return { values, isZeroOne: task !== 'regression', blockOf };
}
