import { describe, expect, it } from 'vitest';
import { mayLend } from '../../../domain/following/lender.ts';
import type { Check, Outcome } from '../../../domain/verdict.ts';

const check = (name: string, outcome: Outcome): Check => ({ name, outcome, reason: '', rowsSeen: 1, rowsNeeded: 1 });

describe('a challenger that was not promoted', () => {
  it.each<[string, Outcome, readonly Check[], boolean]>([
    ['lends its networks where nothing was decided', 'inconclusive', [check('paired-loss', 'inconclusive')], true],
    ['and where it lost as of then', 'fail', [check('paired-loss', 'fail'), check('calibration:brier', 'fail')], true],
    ['and where a baseline was better', 'inconclusive', [check('baseline:same-as-last', 'fail')], true],
    ['not where it passed: it is promoted, or a person said no', 'pass', [check('paired-loss', 'pass')], false],
    ['not where it harms a slice', 'fail', [check('slice:region=north', 'fail')], false],
    ['not where it harms a group', 'fail', [check('fairness:sex', 'fail')], false],
    ['not where it had seen the exam', 'fail', [check('leak:challenger', 'fail')], false],
    ['not where it is like what was rolled back', 'fail', [check('quarantine:4', 'fail')], false],
    ['not where it fell back on the golden set', 'fail', [check('golden-set', 'fail')], false],
  ])('%s', (_, outcome, checks, lends) => {
    expect(mayLend({ outcome, checks })).toBe(lends);
  });
});
