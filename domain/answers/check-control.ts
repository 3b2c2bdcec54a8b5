import type { AnswerPolicy } from './policy.ts';

/** What keeps a control slice from deciding among these classes (none: a regression), with what to do; null where nothing does. */
export function findControlProblem(
  { controlShare, controlDecision }: Pick<AnswerPolicy, 'controlShare' | 'controlDecision'>,
  classes: readonly string[],
): string | null {
  if (controlShare > 0 && classes.length === 0) {
    return `policy.answers.controlShare is ${controlShare}, but a value can't be decided by a draw: a control slice needs classes; set it to 0`;
  }
  if (controlDecision === 'random' || classes.length === 0 || classes.includes(controlDecision.always)) return null;
  const found = `policy.answers.controlDecision is always ${JSON.stringify(controlDecision.always)}`;
  return `${found}, which is no class of the label: choose one of ${classes.join(', ')}`;
}
