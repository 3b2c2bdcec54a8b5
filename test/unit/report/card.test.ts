import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderCard } from '../../../adapters/report/render-card.ts';
import { buildCard, type CardFacts } from '../../../domain/report/card.ts';

const sections = [
  'Model details',
  'Intended use',
  'Factors',
  'Metrics',
  'Evaluation data',
  'Training data',
  'Quantitative analyses',
  'Ethical considerations',
  'Caveats and recommendations',
];

const facts: CardFacts = {
  model: 'prices',
  decisionId: 'prices-0001',
  madeAtMs: 0,
  task: 'binary',
  schema: { features: [{ name: 'a|b <script>', type: 'numeric' }], label: 'move', classes: ['down', 'up'] },
  candidateId: 'mlp/all',
  parameters: 65,
  notes: {},
  sensitive: [],
  verdict: {
    outcome: 'pass',
    reason: 'challenger is better',
    checks: [
      { name: 'paired-loss', outcome: 'pass', reason: 'it is', effectSize: 0.1, rowsSeen: 900 },
      {
        name: 'slice:region = north',
        outcome: 'inconclusive',
        reason: 'few rows',
        effectSize: 0.02,
        interval: { low: -0.1, high: 0.14, level: 0.95 },
        rowsSeen: 60,
        advisory: true,
      },
    ],
  },
  evidence: {
    kind: 'retraining',
    gatheredAtMs: 0,
    champion: '1',
    comparison: {
      task: 'binary',
      rows: 900,
      metrics: [{ name: 'accuracy', better: 'higher', champion: 0.7, challenger: 0.8 }],
      ranking: null,
      classes: null,
      residuals: null,
      reliability: { champion: null, challenger: [] },
      flips: null,
      gain: null,
    },
    drift: null,
    importances: null,
    candidates: [],
    members: [],
    data: {
      snapshotId: 'abc',
      rows: 3_000,
      trainRows: 1_785,
      validationRows: 315,
      holdoutRows: 900,
      firstKey: 'history:0',
      lastKey: 'history:9',
      range: null,
      label: 'move',
      features: [],
      classes: [],
      predictions: 0,
      labels: 0,
      labelDelayRows: 500,
      matureShare: 0.95,
    },
    costs: { challenger: { bytes: 1, speed: null }, champion: null },
  },
  refitRows: null,
};

describe('a model card', () => {
  it('has the sections of Mitchell et al., in Markdown as in HTML', () => {
    const { markdown, html } = renderCard(buildCard(facts));
    expect(markdown.match(/^## .*$/gm)).toEqual(sections.map((title) => `## ${title}`));
    const { document } = parseHTML(html);
    expect([...document.querySelectorAll('h2')].map(({ textContent }) => textContent)).toEqual(sections);
    expect(document.querySelector('h1')?.textContent).toBe('Model card: prices, trained by prices-0001');
  });

  it('says what people said of the model, and that they said nothing', () => {
    expect(renderCard(buildCard(facts)).markdown).toContain(
      'The project does not say: put `card` into its configuration.',
    );
    const notes = { owner: 'Ada', intendedUse: 'Planning.', outOfScope: 'trading', considerations: 'None known.' };
    const { markdown } = renderCard(buildCard({ ...facts, notes }));
    expect(markdown).not.toContain('does not say');
    for (const text of ['Owner: Ada', 'Planning.', 'Not for: trading', 'None known.']) expect(markdown).toContain(text);
  });

  it('has every check with its interval, slices by themselves, and doubts among the caveats', () => {
    const { markdown } = renderCard(buildCard(facts));
    expect(markdown).toContain('| Slice region = north | inconclusive (reported only) | 0.02 (-0.1 to 0.14) | 60 |');
    expect(markdown).toContain('- Slice region = north: inconclusive (reported only): few rows');
  });

  it('lets no name of a column break out of its cell', () => {
    const { markdown, html } = renderCard(buildCard(facts));
    expect(markdown).toContain('| a\\|b \\<script> | numeric |');
    expect(parseHTML(html).document.querySelectorAll('script')).toHaveLength(0);
  });

  it('says where the network that serves is not the one that was examined', () => {
    expect(renderCard(buildCard({ ...facts, refitRows: 3_000 })).markdown).toContain(
      'Trained once more on all 3,000 rows',
    );
  });
});
