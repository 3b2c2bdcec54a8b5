import type { LabelledRows, Snapshot } from '../adapters/ports/store.ts';
import type { GateEvidence, TrainingLabels } from '../domain/gate/evidence.ts';
import { lordLevel } from '../domain/gate/lord.ts';
import type { Table } from '../domain/table.ts';
import { taskOf, type Predictions } from '../domain/task.ts';
import type { Choice } from './choose-challenger.ts';
import type { Dependencies } from './dependencies.ts';
import { faceQuarantined } from './face-quarantined.ts';
import type { GoldenExam } from './hold-golden-exam.ts';
import type { Exam } from './prepare-exam.ts';
import { probeRobustness } from './probe-robustness.ts';
import { currentScope } from './scope.ts';
import type { GateRequest } from './types.ts';

interface Sitting {
  readonly exam: Exam;
  readonly choice: Choice;
  readonly championPackage: string | null;
  readonly golden: GoldenExam | null;
}

/** What the gate is shown of the challenger and the champion on the holdout. */
export async function gatherEvidence(
  deps: Dependencies,
  request: GateRequest,
  { exam, choice: { chosen, costs, challengerSimpler }, championPackage, golden }: Sitting,
): Promise<GateEvidence> {
  const { snapshot, training, holdout, leaks, guards } = exam;
  const examinees = { challenger: chosen.packageDirectory, champion: championPackage };
  const { seed } = request.policy.gate;
  // Side by side, in two processes.
  const [[challenger, champion], robustness] = await Promise.all([
    score(deps, examinees, holdout.table),
    probeRobustness(deps, { ...examinees, snapshot, holdout, seed }),
  ]);
  const task = taskOf(snapshot.schema);
  const quarantine = await faceQuarantined(deps, request, { snapshot, task, chosen, challenger, champion });
  return {
    task,
    labels: holdout.labels,
    champion,
    challenger,
    trainingLabels: describeTrainingLabels(training, snapshot),
    challengerSimpler,
    costs,
    ...robustness,
    ...guards,
    level: levelFor(request),
    examChecks: [...leaks, ...quarantine, ...(golden === null ? [] : [golden.check])],
  };
}

/** What the policy lets this test against the champion spend. */
function levelFor({ exams, policy: { gate } }: GateRequest): number {
  return gate.spending === 'lord' ? lordLevel(exams.spending, gate.alpha) : gate.alpha;
}

async function score(
  { runtime }: Dependencies,
  { challenger, champion }: { readonly challenger: string; readonly champion: string | null },
  holdout: Table,
): Promise<readonly [Predictions, Predictions | null]> {
  const packages = champion === null ? [challenger] : [challenger, champion];
  const [fresh, old = null] = await runtime.scoreTable(packages, holdout, currentScope().signal);
  return [fresh!, old];
}

/** The constant baseline is learned where the challenger learned, never on the holdout. */
function describeTrainingLabels({ labels }: LabelledRows, { schema: { classes } }: Snapshot): TrainingLabels {
  if (classes.length === 0) {
    return { kind: 'values', mean: labels.reduce((sum, label) => sum + label, 0) / labels.length };
  }
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return { kind: 'classes', counts };
}
