import type { AnswerPolicy } from './policy.ts';

/** Who decided, what was answered (null: the model abstained), and how probable that answer was for such a row. */
export interface Decision {
  readonly by: 'model' | 'control';
  readonly label: string | null;
  readonly propensity: number;
}

export interface ControlQuestion {
  readonly policy: Pick<AnswerPolicy, 'controlShare' | 'controlDecision'>;
  readonly classes: readonly string[];
  /** What the model says; null where it abstains. */
  readonly modelLabel: string | null;
  /** Two uniform numbers in [0, 1), the same for an entity each time: whether it is in the slice, and what is drawn for it there. */
  readonly draws: readonly [number, number];
}

/**
 * Decides with or without the model. The propensity is that of the answer over the draw of the slice, whoever decided: with a share ε
 * and a control that says a with probability q(a), (1 − ε) · [a is the model's] + ε · q(a).
 *
 * Example: ε = .1 and a draw among two classes; the model's class has propensity .9 + .05 = .95, the other .05.
 */
export function decide({ policy, classes, modelLabel, draws }: ControlQuestion): Decision {
  const { controlShare, controlDecision } = policy;
  const isControl = draws[0] < controlShare;
  const drawn = (): string =>
    controlDecision === 'random' ? (classes[Math.floor(draws[1] * classes.length)] ?? '') : controlDecision.always;
  const label = isControl ? drawn() : modelLabel;
  const byControl =
    label === null ? 0 : controlDecision === 'random' ? 1 / classes.length : Number(label === controlDecision.always);
  const byModel = Number(label === modelLabel);
  return {
    by: isControl ? 'control' : 'model',
    label,
    propensity: (1 - controlShare) * byModel + controlShare * byControl,
  };
}
