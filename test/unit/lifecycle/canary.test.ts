import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aliases } from '../../../domain/lifecycle/aliases.ts';
import { watchPolicyOf } from '../../../domain/lifecycle/canary.ts';
import { describeStage, describeState } from '../../../domain/lifecycle/describe.ts';
import { whyNotRollback } from '../../../domain/lifecycle/operator.ts';
import type { Switch, SwitchStep } from '../../../domain/lifecycle/switch.ts';
import type { Policy } from '../../../domain/project.ts';
import {
  advanceTo,
  decisionOf,
  finishProbation,
  finishRetraining,
  finishSwitch,
  gateResult,
  later,
  observed,
  performanceDrift,
  retraining,
  runWithDeaths,
  serving,
  tell,
  type Death,
  type Story,
} from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const canary: Partial<Policy> = { promotion: { strategy: 'canary', steps: [0.1, 0.5], labelsPerStep: 200 } };
const steps = { first: 'electricity-0001-canary-1', second: 'electricity-0001-canary-2' };
const atFirst = finishSwitch(finishRetraining(retraining(serving(canary))));
const atSecond = finishSwitch(confirmUpTo(atFirst, 'p-200'));

function confirmUpTo(story: Story, lastId: string): Story {
  const result = {
    outcome: 'confirmed',
    reason: 'nothing against it',
    checks: [],
    worldChanged: null,
    lastId,
  } as const;
  return tell(story, { type: 'probationFinished', decisionId: decisionOf(story), result });
}

describe('a promotion by steps', () => {
  it('loads the challenger everywhere, then lets it answer the first share, and watches that', () => {
    const switching = finishRetraining(retraining(serving(canary)));
    expect(switching.state.stage).toMatchObject({
      name: 'switching',
      plan: { kind: 'canary', decisionId: steps.first, canary: { share: 0.1, index: 0 } },
    });
    expect(atFirst.state.stage).toMatchObject({ name: 'canary', decisionId: steps.first, afterId: null });
    expect(atFirst.state.aliases).toEqual({ champion: '1', previous: '0', challenger: '2' });
    expect(atFirst.commands.at(-1)).toMatchObject({ type: 'startProbation', decisionId: steps.first, afterId: null });
    expect(atFirst.state.recent.at(-1)?.summary).toBe(
      'let version 2 answer 10% of the entities (version 1 the others): challenger is better',
    );
    expect(describeStage(atFirst.state.stage)).toBe(
      'canary: version 2 answers 10% of the entities, version 1 the others',
    );
    expect(describeState(atFirst.state, 0)).toContain('rollback');
  });

  it('goes on to the next share on labels of its own, then to the promotion and its probation', () => {
    expect(atSecond.state.stage).toMatchObject({ name: 'canary', decisionId: steps.second, afterId: 'p-200' });
    const promoting = confirmUpTo(atSecond, 'p-400');
    expect(promoting.state.stage).toMatchObject({
      name: 'switching',
      plan: { kind: 'promotion', decisionId: 'electricity-0001', canary: { share: null } },
    });
    const promoted = finishSwitch(promoting);
    expect(promoted.state.aliases).toEqual({ champion: '2', previous: '1', challenger: null });
    expect(promoted.state.stage).toMatchObject({ name: 'probation', decisionId: 'electricity-0001' });
    expect(promoted.state.totals).toMatchObject({ promotions: 1, rollbacks: 0 });
    const back = finishSwitch(finishProbation(promoted, 'rolled-back'));
    expect(back.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
  });

  it('is made all at once where there is no champion to compare with', () => {
    const first = finishRetraining(retraining(serving(canary, { champion: null, previous: null })));
    expect(first.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'promotion' } });
  });

  it('shares the level of its tests among its steps and the probation that follows', () => {
    const policy = { ...testPolicy, ...canary };
    const { stage } = atFirst.state;
    if (stage.name !== 'canary') throw new Error('not a canary');
    const alpha = testPolicy.probation.alpha / 3;
    expect(watchPolicyOf(policy, stage.plan)).toMatchObject({ alpha, horizonLabels: 200, minLabels: 200 });
    const promoting = confirmUpTo(atSecond, 'p-400').state.stage;
    if (promoting.name !== 'switching') throw new Error('not switching');
    expect(watchPolicyOf(policy, promoting.plan)).toEqual({ ...testPolicy.probation, alpha });
    expect(watchPolicyOf(testPolicy, { ...stage.plan, canary: undefined } as unknown as Switch)).toBe(
      testPolicy.probation,
    );
  });

  it('keeps what was seen of the champion, which has not changed', () => {
    const story = finishRetraining(tell(retraining(serving(canary)), observed(20_100, performanceDrift)));
    expect(finishSwitch(story).state.pending).toEqual([performanceDrift]);
  });

  it('looks again whenever the monitor has observed', () => {
    const story = tell(atFirst, observed(20_500));
    expect(story.commands.at(-1)).toMatchObject({ type: 'lookAgain', decisionId: steps.first });
  });
});

describe('a canary ends with the champion answering all again', () => {
  const end = (story: Story): void => {
    expect(story.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
    expect(story.state.stage.name).toBe('serving');
    expect(story.state.quarantined).toMatchObject([{ version: '2', fingerprint: 'f2' }]);
    expect(story.state.totals).toMatchObject({ promotions: 0, rollbacks: 1 });
  };

  it.each([
    ['first', atFirst],
    ['second', atSecond],
  ])('when the %s step finds it worse', (_which, story) => {
    const worse = finishProbation(story, 'rolled-back');
    expect(worse.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'rollback', canary: { share: null } } });
    end(finishSwitch(worse));
    expect(finishSwitch(worse).state.recent.at(-1)?.summary).toMatch(
      /^took its share of the entities back from version 2 \(version 1 answers all\)/,
    );
  });

  it.each([
    ['first', atFirst],
    ['second', atSecond],
  ])('when an operator rolls back in the %s step', (_which, story) => {
    expect(whyNotRollback(story.state)).toBeNull();
    const asked = tell(story, { type: 'rollbackRequested', by: 'ada', reason: 'complaints' });
    expect(asked.commands.map(({ type }) => type)).toContain('cancelProbation');
    end(finishSwitch(asked));
  });

  it('when nobody answers whether it may go on: silence is never success', () => {
    const asked = finishProbation(atFirst, 'inconclusive');
    expect(asked.state.stage).toMatchObject({ name: 'awaiting-approval', subject: 'canary', version: '2' });
    expect(describeStage(asked.state.stage)).toBe('awaiting a person: let version 2 answer more?');
    end(finishSwitch(later(asked, testPolicy.approval.timeoutMs)));
  });

  it('when a person says no, or rolls back instead of answering', () => {
    const asked = finishProbation(atFirst, 'inconclusive');
    end(finishSwitch(tell(asked, { type: 'rejected', by: 'ada', reason: 'no' })));
    expect(whyNotRollback(asked.state)).toBeNull();
    end(finishSwitch(tell(asked, { type: 'rollbackRequested', by: 'ada', reason: 'no' })));
  });

  it('but goes on when a person says yes', () => {
    const asked = finishProbation(atFirst, 'inconclusive');
    const going = tell(asked, { type: 'approved', by: 'ada', reason: 'fine', override: false });
    expect(going.state.stage).toMatchObject({ name: 'switching', plan: { decisionId: steps.second } });
  });

  it('keeps the way back to the champion before, which the canary never touched', () => {
    const plain = finishSwitch(finishRetraining(retraining(serving())));
    const confirmed = finishProbation(plain, 'confirmed');
    const opened = { ...confirmed, state: { ...confirmed.state, policy: { ...testPolicy, ...canary } } };
    const result = gateResult({ version: '3', fingerprint: 'f3' });
    const worse = finishProbation(finishSwitch(finishRetraining(retraining(opened, 30_000), result)), 'rolled-back');
    const after = finishSwitch(worse);
    expect(after.state.aliases).toEqual({ champion: '2', previous: '1', challenger: null });
    const back = finishSwitch(tell(after, { type: 'rollbackRequested', by: 'ada', reason: 'no' }));
    expect(back.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
  });
});

describe('a step that fails', () => {
  it.each(['stage', 'verify-staged', 'set-share', 'verify-share'] as const)('is undone at %s', (step) => {
    const at = advanceTo(finishRetraining(retraining(serving(canary))), step);
    const failed = tell(at, { type: 'stepFailed', decisionId: decisionOf(at), step, reason: 'no replica answers' });
    expect(failed.state.stage).toMatchObject({ plan: { kind: 'undo', canary: { share: null } } });
    const undone = finishSwitch(failed);
    expect(undone.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
    expect(undone.state.attention).toMatch(/no replica answers/);
  });
});

interface World {
  aliases: Aliases;
  share: number | null;
}

describe('crashes', () => {
  it('end right wherever the shell dies, before or after a step took effect, on the way up and back', () => {
    const death = fc.constantFrom<Death>('none', 'before', 'after');
    fc.assert(
      fc.property(fc.array(death, { minLength: 60, maxLength: 60 }), fc.integer({ min: 0, max: 2 }), (deaths, turn) => {
        const world: World = { aliases: { champion: '1', previous: '0', challenger: null }, share: null };
        const left = [...deaths];
        const run = (story: Story): Story => runWithDeaths(story, left, (plan, step) => takeEffect(world, plan, step));
        let story = run(finishRetraining(retraining(serving(canary))));
        for (let step = 0; step < 3; step += 1) {
          expect(world.share).toBe([0.1, 0.5, null][step]);
          expect(world.aliases).toEqual(story.state.aliases);
          if (step === turn) break;
          story = run(confirmUpTo(story, `p-${step}`));
        }
        story = run(finishProbation(story, 'rolled-back'));
        expect(world).toEqual({ aliases: { champion: '1', previous: '0', challenger: null }, share: null });
        expect(story.state.aliases).toEqual(world.aliases);
      }),
      { numRuns: 300 },
    );
  });
});

function takeEffect(world: World, plan: Switch, step: SwitchStep): void {
  const { after, kind } = plan;
  const { aliases } = world;
  if (step === 'stage')
    world.aliases = { ...aliases, challenger: kind === 'canary' ? after.challenger : after.champion };
  if (step === 'set-previous') world.aliases = { ...aliases, previous: after.previous };
  if (step === 'set-champion') world.aliases = { ...aliases, champion: after.champion };
  if (step === 'clear-challenger') world.aliases = { ...aliases, challenger: null };
  if (step === 'set-share') world.share = plan.canary?.share ?? null;
  expect(world.aliases.champion).not.toBeNull();
  // A share is never open to a version that is not loaded, and nobody who had the challenger is sent back on its way up.
  if (world.share !== null) expect(world.aliases.challenger).toBe('2');
  if (kind === 'promotion' && world.share === null) expect(world.aliases.champion).toBe('2');
}
