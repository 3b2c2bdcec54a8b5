import { describe, expect, it } from 'vitest';
import type { Command } from '../../../domain/lifecycle/events.ts';
import { countExam } from '../../../domain/lifecycle/exams.ts';
import {
  finishProbation,
  finishRetraining,
  gateResult,
  onProbation,
  retraining,
  serving,
} from '../../support/lifecycle.ts';

const golden = { setId: 'g', rows: 500, uses: 3, told: 0.2 };
const started = (commands: readonly Command[]) => commands.filter((command) => command.type === 'startRetrain');

describe('the record of exams', () => {
  it('counts gates against a champion, and which of them passed', () => {
    const failed = finishRetraining(retraining(serving()), gateResult({ outcome: 'fail' }));
    expect(failed.state.exams.spending).toEqual({ tests: 1, discoveries: [] });
    const passed = finishProbation(onProbation(failed), 'rolled-back');
    expect(passed.state.exams.spending).toEqual({ tests: 2, discoveries: [2] });
  });

  it('counts no test where the data were refused, or there was no champion', () => {
    const { state } = retraining(serving());
    expect(countExam(state, gateResult({ outcome: 'blocked' })).spending.tests).toBe(0);
    const first = { ...state, aliases: { champion: null, previous: null, challenger: null } };
    expect(countExam(first, gateResult()).spending.tests).toBe(0);
  });

  it('keeps what the Ladder told, also through a gate without a golden set', () => {
    const { state } = retraining(serving());
    const exams = countExam(state, gateResult({ golden }));
    expect(exams.golden).toEqual(golden);
    expect(countExam({ ...state, exams }, gateResult()).golden).toEqual(golden);
  });

  it('goes with the next retraining', () => {
    const story = retraining(finishRetraining(retraining(serving()), gateResult({ outcome: 'fail', golden })), 20_000);
    expect(started(story.commands).at(-1)?.exams).toEqual({ spending: { tests: 1, discoveries: [] }, golden });
  });
});
