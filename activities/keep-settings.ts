import type { AnswerSettings } from '../domain/answers/settings.ts';
import type { ModelProject, Policy } from '../domain/project.ts';
import type { Dependencies } from './dependencies.ts';

/** Leaves what the project and the policy in force say of answers where the prediction service looks; written only when it changes. */
export async function keepSettings(
  { settings }: Dependencies,
  { name, privacy }: Pick<ModelProject, 'name' | 'privacy'>,
  policy: Policy,
): Promise<void> {
  const wanted: AnswerSettings = { answers: policy.answers, privacy };
  if (JSON.stringify(await settings.read(name)) !== JSON.stringify(wanted)) await settings.write(name, wanted);
}
