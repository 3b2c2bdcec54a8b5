import type { LabelledRows, Snapshot } from '../adapters/ports/store.ts';
import type { GateEvidence, TrainingLabels } from '../domain/gate/evidence.ts';
import { lordLevel } from '../domain/gate/lord.ts';
import { taskOf, type Predictions } from '../domain/task.ts';
import { checkExam } from './check-exam.ts';
import type { Choice } from './choose-challenger.ts';
import type { Dependencies } from './dependencies.ts';
import { faceQuarantined } from './face-quarantined.ts';
import { gatherGuardEvidence } from './guard-evidence.ts';
import type { GoldenExam } from './hold-golden-exam.ts';
import { probeRobustness } from './probe-robustness.ts';
import { currentScope } from './scope.ts';
import type { GateRequest } from './types.ts';

interface Exam {
  readonly snapshot: Snapshot;
  readonly choice: Choice;
  readonly championPackage: string | null;
  readonly golden: GoldenExam | null;
}

/** What the gate is shown of the challenger and the champion on the holdout. */
export async function gatherEvidence(
  deps: Dependencies,
  request: GateRequest,
  { snapshot, choice: { chosen, costs, challengerSimpler }, championPackage, golden }: Exam,
): Promise<GateEvidence> {
  const [holdout, training, challenger, champion] = await Promise.all([
    deps.store.readSnapshot(snapshot, snapshot.split.holdout),
    deps.store.readSnapshot(snapshot, snapshot.split.train),
    score(deps, chosen.packageDirectory, snapshot),
    championPackage === null ? null : score(deps, championPackage, snapshot),
  ]);
  const task = taskOf(snapshot.schema);
  const examinees = { challenger: chosen.packageDirectory, champion: championPackage };
  const { seed } = request.policy.gate;
  // Side by side: a process scores while this one compares rows.
  const [robustness, guards, leaks, quarantine] = await Promise.all([
    probeRobustness(deps, { ...examinees, snapshot, holdout, seed }),
    gatherGuardEvidence(deps, request, { snapshot, training, holdout }),
    checkExam(deps, request, snapshot, holdout),
    faceQuarantined(deps, request, { snapshot, task, chosen, challenger, champion }),
  ]);
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

async function score(deps: Dependencies, packageDirectory: string, snapshot: Snapshot): Promise<Predictions> {
  const { signal } = currentScope();
  return await deps.runtime.score(packageDirectory, snapshot, snapshot.split.holdout, signal);
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
