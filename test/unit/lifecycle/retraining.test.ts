import { describe, expect, it } from 'vitest';
import { whyWaiting } from '../../../domain/lifecycle/readiness.ts';
import {
  begin,
  decisionOf,
  finishRetraining,
  gateResult,
  later,
  observed,
  onProbation,
  performanceDrift,
  retraining,
  serving,
  tell,
  type Story,
} from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const debounceMs = testPolicy.retrain.debounceMs;

describe('signals', () => {
  it('asks for the first champion as soon as it knows that there is none', () => {
    const story = tell(begin(), { type: 'started', aliases: { champion: null, previous: null, challenger: null } });
    expect(story.state.stage.name).toBe('triaging');
    expect(story.commands.map(({ type }) => type)).toEqual(['record', 'triage']);
  });

  it('answers all signals of the debounce time with one run', () => {
    const drift = { kind: 'data-drift', reason: 'nswprice has drifted', atMs: 0 } as const;
    const waiting = tell(serving(), observed(5_000, performanceDrift), observed(5_100, drift));
    expect(waiting.state.stage.name).toBe('serving');
    const started = later(waiting, debounceMs);
    expect(started.state.stage).toMatchObject({ name: 'triaging', signals: [performanceDrift, drift] });
    expect(started.state.pending).toEqual([]);
  });

  it('keeps signals that come during a retraining for the next run', () => {
    const story = tell(retraining(serving()), observed(10_100, performanceDrift));
    expect(story.state.stage.name).toBe('retraining');
    expect(story.state.pending).toEqual([performanceDrift]);
  });

  it('trains on nothing when triage says that nothing was lost', () => {
    const asked = later(tell(serving(), observed(5_000, performanceDrift)), debounceMs);
    const triage = { action: 'nothing', reason: 'noted' } as const;
    const story = tell(asked, { type: 'triaged', decisionId: decisionOf(asked), triage });
    expect(story.state.stage.name).toBe('serving');
    expect(story.commands.some(({ type }) => type === 'startRetrain')).toBe(false);
  });

  it('recalibrates when triage says so: in place of a training, and after the same cooldown', () => {
    const asked = later(tell(serving(), observed(5_000, performanceDrift)), debounceMs);
    const triage = { action: 'recalibrate', reason: 'the ranking holds' } as const;
    const story = tell(asked, { type: 'triaged', decisionId: decisionOf(asked), triage });
    expect(story.state.stage).toMatchObject({ name: 'retraining', mode: 'recalibrate' });
    expect(story.commands.at(-1)).toMatchObject({ type: 'startRetrain', mode: 'recalibrate' });
    expect(story.state.totals.trainings).toBe(0);
    expect(story.state.retrainClocks).toHaveLength(1);
  });

  it('tells a person when triage says that the data must be fixed', () => {
    const asked = later(tell(serving(), observed(5_000, performanceDrift)), debounceMs);
    const triage = { action: 'fix-data', reason: 'the label feed is silent' } as const;
    const story = tell(asked, { type: 'triaged', decisionId: decisionOf(asked), triage });
    expect(story.state.attention).toBe('the label feed is silent');
  });
});

const external = { kind: 'external', reason: 'the catalogue was replaced', atMs: 0 } as const;

/** Retrained because performance was lost, without a promotion. */
function retrainInVain(story: Story, count: number): Story {
  return finishRetraining(retraining(story, count), gateResult({ outcome: 'fail' }));
}

describe('readiness', () => {
  it('waits out the cooldown, in the unit of the policy', () => {
    const first = finishRetraining(retraining(serving(), 10_000), gateResult({ outcome: 'fail' }));
    const signalled = later(tell(first, observed(10_400, performanceDrift)), debounceMs);
    expect(signalled.state.stage.name).toBe('serving');
    expect(whyWaiting(signalled.state, signalled.nowMs)).toMatch(/cooling down: 600 labels left/);
    expect(tell(signalled, observed(11_000)).state.stage.name).toBe('triaging');
  });

  it('hears lost performance half as often after each further retraining that did not bring it back', () => {
    const second = retrainInVain(retrainInVain(serving(), 10_000), 11_000);
    expect(second.state.unhelpedCalls).toBe(2);
    const again = later(tell(second, observed(12_900, performanceDrift)), debounceMs);
    expect(whyWaiting(again.state, again.nowMs)).toMatch(/cooling down: 100 labels left/);
    const third = retrainInVain(again, 13_000);
    const once = later(tell(third, observed(16_900, performanceDrift)), debounceMs);
    expect(whyWaiting(once.state, once.nowMs)).toMatch(/cooling down: 100 labels left/);
  });

  it('does not count a run that was refused before any training', () => {
    const refused = finishRetraining(retraining(serving(), 10_000), gateResult({ outcome: 'blocked' }));
    expect(refused.state.unhelpedCalls).toBe(0);
  });

  it('lets no complaint wait for more than 32 cooldowns', () => {
    const story = [1, 2, 3, 4, 5, 6, 7].reduce((before, run) => retrainInVain(before, run * 100_000), serving());
    const waiting = later(tell(story, observed(731_000, performanceDrift)), debounceMs);
    expect(whyWaiting(waiting.state, waiting.nowMs)).toMatch(/cooling down: 1,000 labels left/);
  });

  it('hears lost performance at once again after a promotion, and others at any time', () => {
    const story = retrainInVain(retrainInVain(serving(), 10_000), 20_000);
    const beside = later(tell(story, observed(21_000, performanceDrift, external)), debounceMs);
    expect(beside.state.stage.name).toBe('triaging');
    const promoted = finishRetraining(retraining(story, 30_000));
    expect(promoted.state.unhelpedCalls).toBe(0);
  });

  it('waits for enough fresh labels', () => {
    const retrain = { ...testPolicy.retrain, cooldown: { labels: 10 }, minFreshLabels: 2_000 };
    const first = finishRetraining(retraining(serving({ retrain }), 10_000), gateResult({ outcome: 'fail' }));
    const signalled = later(tell(first, observed(11_999, performanceDrift)), debounceMs);
    expect(whyWaiting(signalled.state, signalled.nowMs)).toBe('waiting for 1 labels more');
    expect(tell(signalled, observed(12_000)).state.stage.name).toBe('triaging');
  });

  it('spends no more than the budget of its period', () => {
    const budget = { trainings: 2, per: { labels: 50_000 } };
    const retrain = { ...testPolicy.retrain, budget };
    const once = finishRetraining(retraining(serving({ retrain }), 10_000), gateResult({ outcome: 'fail' }));
    const twice = finishRetraining(retraining(once, 20_000), gateResult({ outcome: 'fail' }));
    const third = later(tell(twice, observed(30_000, performanceDrift)), debounceMs);
    expect(whyWaiting(third.state, third.nowMs)).toMatch(/budget of 2 retrainings per 50,000 labels is spent/);
    expect(tell(third, observed(60_000)).state.stage.name).toBe('triaging');
  });

  it('lets a person ask in spite of cooldown and budget, but not in spite of a pause', () => {
    const cooling = finishRetraining(retraining(serving()), gateResult({ outcome: 'fail' }));
    const ask = { type: 'retrainRequested', by: 'ada', reason: 'new sensor', trainingData: null } as const;
    expect(tell(cooling, ask).state.stage.name).toBe('triaging');
    const paused = tell(cooling, { type: 'pauseRequested', by: 'ada', reason: 'holiday' });
    const asked = tell(paused, ask);
    expect(asked.state.stage.name).toBe('serving');
    expect(tell(asked, { type: 'resumeRequested', by: 'ada', reason: 'back' }).state.stage.name).toBe('triaging');
  });

  it('raises a schedule signal when its period is over, once', () => {
    const retrain = { ...testPolicy.retrain, every: { labels: 5_000 } };
    const first = finishRetraining(retraining(serving({ retrain }), 10_000), gateResult({ outcome: 'fail' }));
    const due = tell(first, observed(15_000), observed(15_001));
    expect(due.state.pending.map(({ kind }) => kind)).toEqual(['schedule']);
  });
});

describe('the gate', () => {
  it('promotes a challenger that passed when the policy is auto', () => {
    expect(finishRetraining(retraining(serving())).state.stage).toMatchObject({
      name: 'switching',
      step: 'record-intent',
      plan: { kind: 'promotion', after: { champion: '2', previous: '1', challenger: null } },
    });
  });

  it.each(['fail', 'inconclusive', 'blocked'] as const)('keeps the champion when the gate says %s', (outcome) => {
    const story = finishRetraining(retraining(serving()), gateResult({ outcome, reason: 'not better' }));
    expect(story.state.stage.name).toBe('serving');
    expect(story.state.aliases.champion).toBe('1');
    expect(story.state.turnedDown).toMatchObject({ version: '2', reason: 'not better' });
  });

  it('waits for a person when the policy says so, and turns down when nobody answers in time', () => {
    const approval = { mode: 'person', timeoutMs: 1_000, onTimeout: 'reject' } as const;
    const waiting = finishRetraining(retraining(serving({ approval })));
    expect(waiting.state.stage).toMatchObject({ name: 'awaiting-approval', subject: 'challenger', version: '2' });
    const late = later(waiting, 1_000);
    expect(late.state.stage.name).toBe('serving');
    expect(late.state.turnedDown?.version).toBe('2');
    const approved = tell(waiting, { type: 'approved', by: 'ada', reason: 'looks good', override: false });
    expect(approved.state.stage).toMatchObject({ name: 'switching', plan: { by: 'ada' } });
    const rejected = tell(waiting, { type: 'rejected', by: 'ada', reason: 'not now' });
    expect(rejected.state.stage.name).toBe('serving');
  });

  it('promotes a challenger that was turned down only when an operator overrides', () => {
    const turnedDown = finishRetraining(retraining(serving()), gateResult({ outcome: 'fail' }));
    const plain = tell(turnedDown, { type: 'approved', by: 'ada', reason: 'please', override: false });
    expect(plain.state.stage.name).toBe('serving');
    const forced = tell(turnedDown, { type: 'approved', by: 'ada', reason: 'I know better', override: true });
    expect(forced.state.stage).toMatchObject({ name: 'switching', plan: { by: 'ada', after: { champion: '2' } } });
  });

  it('goes on serving when the retraining fails, and says so', () => {
    const story = retraining(serving());
    const failed = tell(story, { type: 'retrainFailed', decisionId: decisionOf(story), reason: 'out of memory' });
    expect(failed.state.stage.name).toBe('serving');
    expect(failed.state.attention).toMatch(/out of memory/);
  });

  it('ignores a result that is told twice or comes late', () => {
    const promoted = onProbation();
    const again = tell(promoted, { type: 'retrainFinished', decisionId: decisionOf(promoted), result: gateResult() });
    expect(again.state).toBe(promoted.state);
  });
});
