import type { AnswerSettings } from '../../domain/answers/settings.ts';
import { createAnswerContext } from '../answers.ts';
import type { Dependencies } from '../dependencies.ts';
import { isSameShape } from '../score.ts';
import type { HostedVersion } from '../slots/hosted-version.ts';
import type { ModelSlots } from '../slots/model-slots.ts';
import { compileAnswerText, type AnswerText } from './answer-text.ts';

/** Who answers a plain request for a model, and how. */
export interface Plan {
  readonly champion: HostedVersion;
  /** Scores in the shadow. */
  readonly previous: HostedVersion | null;
  readonly toText: AnswerText;
}

/** The plan for a model as it is served now; null where more is asked than the quick way knows. */
export type PlanFor = (slots: ModelSlots) => Plan | null;

interface Made {
  readonly champion: HostedVersion;
  readonly previous: HostedVersion | null;
  readonly settings: AnswerSettings;
  readonly plan: Plan | null;
}

/** Made anew when the version or the settings change. */
export function createPlanner(deps: Pick<Dependencies, 'settings'>): PlanFor {
  const known = new Map<string, Made>();
  return (slots) => {
    const { champion, previous } = slots.current();
    const settings = deps.settings.of(slots.model);
    if (champion === null || settings === null || slots.canary() !== null) return null;
    const made = known.get(slots.model);
    if (made?.champion === champion && made.previous === previous && made.settings === settings) return made.plan;
    const plan = makePlan(slots.model, champion, previous === champion ? null : previous, settings);
    known.set(slots.model, { champion, previous, settings, plan });
    return plan;
  };
}

function makePlan(
  model: string,
  champion: HostedVersion,
  previous: HostedVersion | null,
  { answers, privacy }: AnswerSettings,
): Plan | null {
  const { schema } = champion.model.signature;
  const isPrivate = privacy.hash.length + privacy.omit.length > 0;
  if (isPrivate || answers.controlShare > 0 || champion.model.compiled === null) return null;
  if (
    previous !== null &&
    (previous.model.compiled === null || !isSameShape(schema, previous.model.signature.schema))
  ) {
    return null;
  }
  const context = createAnswerContext(schema, answers, champion.residuals);
  return { champion, previous, toText: compileAnswerText(model, champion.version, context) };
}
