import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../adapters/ledger/file-ledger.ts';
import { explainEntry, readEvidence } from '../../../client/cli/explain.ts';
import { formatHistory } from '../../../client/cli/format.ts';
import { homeAt } from '../../../config/home.ts';
import { temporaryFolder } from '../../support/folders.ts';

const checks = [
  { name: 'paired-loss', outcome: 'pass', reason: 'challenger is better', rowsSeen: 900 },
  { name: 'coverage', outcome: 'fail', reason: '31 rows are outside', rowsSeen: 900, advisory: true },
  { name: 'slices', outcome: 'fail', reason: 'challenger harms 1 of 4 slices', rowsSeen: 900, effectSize: -0.1 },
];
const told = [
  'fail: slices: challenger harms 1 of 4 slices',
  'pass: paired-loss: challenger is better',
  'fail (reported only): coverage: 31 rows are outside',
];

describe('history --explain', () => {
  it('tells every check of a gate, and of a triage, in a sentence', () => {
    expect(explainEntry({ evidence: { outcome: 'fail', reason: 'it does harm', checks } })).toEqual(told);
    expect(explainEntry({ evidence: { signals: [], triage: { action: 'retrain', checks } } })).toEqual(told);
  });

  it('tells which candidates were stopped on the way, when, and why', () => {
    const stopped = [{ id: 'linear/all', epochs: 3, reason: 'stopped after epoch 3: place 2 of 2' }];
    expect(explainEntry({ evidence: { checks: [], search: { stopped, epochs: 33, mostEpochs: 60 } } })).toEqual([
      '33 of at most 60 epochs were trained, 1 candidates were stopped early',
      'linear/all stopped after epoch 3: place 2 of 2',
    ]);
  });

  it('tells nothing of a decision that rests on no checks', () => {
    for (const evidence of [null, { by: 'ann', reason: 'holiday' }, { triage: { action: 'nothing' } }, 7])
      expect(explainEntry({ evidence })).toEqual([]);
  });

  it('finds the evidence in the ledger of the home, and puts it below its decision', async () => {
    const home = await temporaryFolder();
    const ledger = await openLedger({ directory: homeAt(home).ledger });
    const gate = { id: '1/gate', atMs: 0, kind: 'gate: fail', summary: 'it does harm' };
    await ledger.append('prices', { ...gate, evidence: { checks } });
    const decisions = [gate, { id: '2/pause', atMs: 1_000, kind: 'pause', summary: 'holiday' }];
    const found = await readEvidence(home, 'prices', decisions);
    const text = formatHistory(decisions, new Map(found.map((entry) => [entry.id, explainEntry(entry)])));
    expect(text.split('\n')).toEqual([
      '1970-01-01T00:00:00Z  gate: fail               it does harm',
      ...told.map((line) => `    ${line}`),
      '1970-01-01T00:00:01Z  pause                    holiday',
    ]);
  });
});
