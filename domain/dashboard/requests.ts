import type { Standing } from '../lifecycle/standing.ts';

/** Something that a person is asked to do, with the commands that do it. */
export interface PersonRequest {
  readonly title: string;
  readonly reason: string;
  readonly commands: readonly { readonly does: string; readonly command: string }[];
}

/** What awaits a person, the most urgent first; empty when all is well. */
export function requestsOf(model: string, standing: Standing): readonly PersonRequest[] {
  const { awaits, paused, attention } = standing;
  const command = (name: string, does: string) => ({ does, command: `incumbent ${name} ${model} --reason "why"` });
  const requests: PersonRequest[] = [];
  if (awaits !== null) {
    requests.push(
      awaits.subject === 'challenger'
        ? {
            title: `Promote version ${awaits.version}?`,
            reason: awaits.reason,
            commands: [command('approve', 'promote it'), command('reject', 'keep the champion')],
          }
        : {
            title: `Keep version ${awaits.version}?`,
            reason: awaits.reason,
            commands: [command('approve', 'keep it'), command('reject', 'roll it back')],
          },
    );
  }
  if (paused !== null) {
    requests.push({
      title: `Paused by ${paused.by}`,
      reason: paused.reason,
      commands: [command('resume', 'go on')],
    });
  }
  if (attention !== null && attention !== paused?.reason) {
    requests.push({ title: 'Needs a look', reason: attention, commands: commandsFor(standing, command) });
  }
  return requests;
}

function commandsFor(
  { turnedDown, aliases }: Standing,
  command: (name: string, does: string) => PersonRequest['commands'][number],
): PersonRequest['commands'] {
  if (aliases.champion !== null || turnedDown === null) return [command('retrain', 'try again once it is mended')];
  const override = command('approve', `let version ${turnedDown.version} serve although it was turned down`);
  return [{ ...override, command: `${override.command} --override` }, command('retrain', 'try again')];
}
