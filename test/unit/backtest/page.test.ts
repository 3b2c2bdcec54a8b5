import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../backtest/page/render-page.ts';
import { rollingMean, windowOf } from '../../../backtest/page/rolling.ts';
import { verdictOf } from '../../../backtest/page/verdict.ts';
import type { PolicyReport } from '../../../backtest/play.ts';
import type { Hindsight } from '../../../backtest/regret.ts';

const hostile = 'loss rose to <script>alert("1")</script> & more, see \'x\'';

function report(policy: string, accuracy: number, retrainings: number): PolicyReport {
  return {
    policy,
    rows: 4_000,
    quality: { accuracy, 'log loss': 0.5, AUC: null },
    retrainings,
    promotions: retrainings,
    followed: 0,
    rollbacks: 1,
    trainingSeconds: 12.4,
    blocks: Array.from({ length: 40 }, (_, index) => ({
      rows: 100,
      version: '1',
      quality: { accuracy: index % 7 === 0 ? null : accuracy, 'log loss': 0.5, AUC: null },
    })),
    events: [
      { block: 3, kind: 'signals', summary: `${policy} heard: ${hostile}` },
      { block: 3, kind: 'triage: retrain', summary: 'retraining, because it pays' },
      { block: 3, kind: 'gate: pass', summary: 'challenger is better' },
      { block: 3, kind: 'promotion', summary: `promoted version 2 of ${policy}` },
      { block: 5, kind: 'gate: fail', summary: 'challenger is worse' },
      { block: 8, kind: 'rollback', summary: 'rolled back to version 1' },
    ],
  };
}

const reports = [report('never', 0.71, 0), report('every:4', 0.78, 30), report('policy', 0.77, 6)];
const hindsight: Hindsight = {
  trainingCost: 50,
  models: 37,
  best: { retrainings: 4, loss: 800, quality: 0.8, cost: 1_000, retrainedAfter: [2, 9, 17, 30] },
  byRetrainings: [
    { retrainings: 0, loss: 1_160, quality: 0.71 },
    { retrainings: 4, loss: 800, quality: 0.8 },
  ],
  policies: [
    { policy: 'never', loss: 1_160, retrainings: 0, cost: 1_160, regret: 160 },
    { policy: 'every:4', loss: 880, retrainings: 30, cost: 2_380, regret: 1_380 },
    { policy: 'policy', loss: 920, retrainings: 6, cost: 1_220, regret: 220 },
  ],
};
const html = renderPage({ project: 'a <b>project</b>', reports, hindsight });
const { document } = parseHTML(html);
const texts = (selector: string): readonly string[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => textContent ?? '');

/** Tags that are open where the text ends, or that are closed out of turn. */
function unbalanced(text: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name = '', self] of text.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|[^"<>])*?(\/?)>/g)) {
    if (self === '/' || name === 'meta') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [...open, `/${name}`];
  }
  return open;
}

describe('the page of a backtest', () => {
  it('is well-formed, and asks for nothing else', () => {
    expect(unbalanced(html)).toEqual([]);
    expect(unbalanced('<p><b></p></b>')).not.toEqual([]);
    expect(html).not.toMatch(/https?:|\bsrc=|\bhref=|@import|url\(/i);
    expect(texts('script')).toEqual([]);
    expect(document.querySelector('h1')?.textContent).toBe('Backtest of a <b>project</b>');
  });

  it('begins with the verdict', () => {
    expect(texts('.verdict')).toEqual([
      'every:4 did best: accuracy 0.780 with 30 retrainings, 1.0 points better than policy (0.770 with 6 retrainings). ' +
        'Counting a retraining as 50 wrong answers, never cost least: 1,160, 160 more than the best schedule in hindsight (4 retrainings).',
    ]);
  });

  it('has every policy in table, legend and plots', () => {
    expect(texts('tbody th')).toEqual(['never', 'every:4', 'policy']);
    expect(texts('thead th').slice(-2)).toEqual(['cost', 'regret']);
    for (const { policy } of reports) {
      expect(texts('.legend li').map((text) => text.trim())).toContain(policy);
      expect(texts('summary')).toContain(`${policy}: 6 entries`);
    }
  });

  it('says every decision in words, and marks every event with its reason', () => {
    const [titles, decisions] = [texts('svg title'), texts('.decisions li')];
    for (const { policy, events } of reports) {
      for (const { block, kind, summary } of events) {
        expect(decisions).toContain(`after block ${block}, ${kind}: ${summary}`);
        const isMarked = titles.includes(`${policy}, after block ${block}, ${kind}: ${summary}`);
        expect(isMarked).toBe(!kind.startsWith('triage'));
      }
    }
    expect([...document.querySelectorAll('details')].map((one) => one.hasAttribute('open'))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('gives every picture a name, and every row and column of the table a head', () => {
    const pictures = [...document.querySelectorAll('figure svg')];
    expect(pictures).toHaveLength(6);
    for (const picture of pictures) {
      expect(picture.getAttribute('role')).toBe('img');
      expect(picture.getAttribute('aria-label')).toMatch(/never/);
    }
    expect(document.querySelectorAll('th:not([scope])')).toHaveLength(0);
  });

  it('goes without hindsight, for one policy, and where nothing happened', () => {
    const alone = { ...report('never', 0.7, 0), events: [] };
    const page = renderPage({ project: 'p', reports: [alone], hindsight: null });
    expect(unbalanced(page)).toEqual([]);
    expect(page).toContain('never did best: accuracy 0.700 with 0 retrainings.');
  });
});

describe('what the page says', () => {
  it('calls the lower error the better one', () => {
    const of = (policy: string, error: number) => ({ ...report(policy, 0, 1), quality: { RMSE: error, MAE: null } });
    expect(verdictOf([of('never', 9.5), of('policy', 7.25)], null)).toBe(
      'policy did best: RMSE 7.250 with 1 retraining, 2.250 better than never (9.500 with 1 retraining).',
    );
  });

  it('takes the mean of the newest blocks by their rows, and passes over what has no figure', () => {
    const block = (rows: number, accuracy: number | null) => ({ rows, version: '1', quality: { accuracy } });
    const blocks = [block(100, 0.5), block(300, 0.9), block(100, null), block(100, null)];
    expect(rollingMean(blocks, 'accuracy', 2)).toEqual([
      { block: 1, value: 0.5 },
      { block: 2, value: expect.closeTo(0.8, 12) as number },
      { block: 3, value: 0.9 },
    ]);
    const errors = [3, 4].map((RMSE) => ({ rows: 10, version: '1', quality: { RMSE } }));
    expect(rollingMean(errors, 'RMSE', 2)[1]?.value).toBeCloseTo(Math.sqrt(12.5), 12);
    expect([windowOf(3), windowOf(122)]).toEqual([1, 6]);
  });
});
