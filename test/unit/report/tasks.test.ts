import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../adapters/report/render-report.ts';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { buildRetrainingReport } from '../../../domain/report/build.ts';
import { compareModels } from '../../../domain/report/comparison.ts';
import type { RetrainingEvidence } from '../../../domain/report/evidence.ts';
import type { Task } from '../../../domain/task.ts';

type Page = ReturnType<typeof parseHTML>['document'];

const hostile = '</style><script>alert("1")</script> & \'more\'';

const rest: Omit<RetrainingEvidence, 'comparison'> = {
  kind: 'retraining',
  gatheredAtMs: 0,
  champion: '1',
  drift: null,
  importances: null,
  candidates: [
    {
      id: hostile,
      isChosen: true,
      parameters: 3,
      validationLoss: 0.5,
      epochs: 1,
      bestEpoch: 1,
      trainSeconds: 0.1,
      curve: [{ epoch: 1, trainLoss: 0.6, validationLoss: 0.5 }],
    },
  ],
  members: [],
  data: {
    snapshotId: 's',
    rows: 10,
    trainRows: 6,
    validationRows: 2,
    holdoutRows: 2,
    firstKey: 'history:0',
    lastKey: 'history:9',
    range: { of: 'event time', fromMs: 0, toMs: 1e12 },
    label: hostile,
    features: [{ name: hostile, type: 'numeric' }],
    classes: [],
    predictions: 0,
    labels: 0,
    labelDelayRows: 0,
    matureShare: 1,
  },
  costs: { challenger: { bytes: 5_000, speed: null }, champion: null },
};

function render(evidence: GateEvidence, classes: readonly string[]): Page {
  const result = { outcome: 'pass', reason: hostile, version: '2', candidateId: hostile, checks: [] };
  const record = { id: 'm-0001/gate', kind: 'gate: pass', atMs: 0, summary: hostile, evidence: result };
  const context = {
    model: 'm',
    ref: { kind: 'retraining', id: 'm-0001' } as const,
    record,
    ledger: [],
    links: [{ name: hostile, url: 'http://127.0.0.1/?a="b"' }],
    problem: null,
  };
  const comparison = compareModels(evidence, classes);
  return parseHTML(renderReport(buildRetrainingReport(context, { ...rest, comparison }))).document;
}

const rows = 400;

function evidenceFor(task: Task, width: number, value: (row: number) => number): GateEvidence {
  const random = createRng(2);
  const predict = () => ({ width, values: Array.from({ length: rows * width }, () => random()) });
  return {
    task,
    labels: Array.from({ length: rows }, (_, row) => value(row)),
    champion: predict(),
    challenger: predict(),
    trainingLabels: { kind: 'values', mean: 0 },
    challengerSimpler: false,
  };
}

const namesOf = (document: Page): readonly string[] =>
  [...document.querySelectorAll('figure svg')].map((one) => (one.getAttribute('aria-label') ?? '').split(/[:;]/)[0]!);

describe('the report of a retraining', () => {
  it('shows residuals of values', () => {
    const document = render(
      evidenceFor('regression', 1, (row) => row / rows),
      [],
    );
    expect(new Set(namesOf(document))).toEqual(
      new Set([
        'Residuals (label minus prediction)',
        'Calibration',
        'variances saved by the challenger along the holdout, in time order',
        expect.stringMatching(/^Training of/) as string,
      ]),
    );
    expect(document.body.textContent).toContain('challenger nearer');
  });

  it('shows recall and precision of several classes', () => {
    const document = render(
      evidenceFor('multiclass', 3, (row) => row % 3),
      ['a', hostile, 'c'],
    );
    const heads = [...document.querySelectorAll('tbody th')].map(({ textContent }) => textContent);
    expect(heads).toEqual(expect.arrayContaining(['a', hostile, 'c']));
    expect(namesOf(document)).not.toContain('ROC curve');
  });

  it('goes without what one class alone can’t show', () => {
    const document = render(
      evidenceFor('binary', 1, () => 1),
      ['no', 'yes'],
    );
    expect(namesOf(document)).not.toContain('ROC curve');
    expect(document.querySelector('h1')?.textContent).toBe('Retraining m-0001');
  });

  it('is made of answers that are no numbers, too: the gate refuses them, and a person wants to see why', () => {
    const broken = { ...evidenceFor('binary', 1, (row) => row % 2), challenger: { width: 1, values: [Number.NaN] } };
    expect(render({ ...broken, labels: [1], champion: null }, ['no', 'yes']).querySelector('h1')).not.toBeNull();
  });

  it('lets no name become part of the page', () => {
    const document = render(
      evidenceFor('binary', 1, (row) => row % 2),
      ['no', hostile],
    );
    expect(document.querySelectorAll('script')).toHaveLength(0);
    expect(document.querySelectorAll('style')).toHaveLength(1);
    expect(document.querySelector('.verdict')?.textContent).toContain(hostile);
    expect(document.querySelector('.links a')?.getAttribute('href')).toBe('http://127.0.0.1/?a="b"');
  });
});
