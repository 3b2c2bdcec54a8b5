import { describe, expect, it } from 'vitest';
import { readOutcomes, sortOutcomes } from '../../../serving/outcomes.ts';

const classes = { features: [], label: 'y', classes: ['0', '1'] };
const regression = { ...classes, classes: [] };

describe('labels that a client sends', () => {
  it('are class names, also when they come as numbers', () => {
    const outcomes = [
      { id: 'a', label: '1' },
      { id: 'b', label: 0 },
    ];
    expect(readOutcomes({ outcomes }, classes).map(({ label }) => label)).toEqual(['1', '0']);
  });

  it('are refused with the allowed classes when they are none of them', () => {
    const outcomes = [
      { id: 'a', label: '1' },
      { id: 'b', label: 'yes' },
    ];
    expect(() => readOutcomes({ outcomes }, classes)).toThrow('outcomes[1].label is "yes": it must be one of "0", "1"');
  });

  it('name their prediction by its id, or by entity and time, and say when they became known', () => {
    const outcomes = [
      { id: 'a', label: '1', labelTime: '2026-01-03T00:00:00Z' },
      { entity: 'shop 7', time: '2026-01-01T00:00:00Z', withinMs: 60, label: '0' },
    ];
    expect(readOutcomes({ outcomes }, classes)).toEqual([
      { of: 'a', label: '1', labelMs: Date.UTC(2026, 0, 3) },
      { of: { entity: 'shop 7', timeMs: Date.UTC(2026, 0, 1), withinMs: 60 }, label: '0' },
    ]);
  });

  it('are numbers for a regression', () => {
    expect(readOutcomes({ outcomes: [{ id: 'a', label: 2.5 }] }, regression)).toEqual([{ of: 'a', label: 2.5 }]);
    expect(() => readOutcomes({ outcomes: [{ id: 'a', label: '2.5' }] }, regression)).toThrow('must be a number');
  });
});

describe('outcomes', () => {
  it.each([
    ['a first label is accepted', null, '1', { accepted: 1 }],
    ['the same label again is a duplicate', '1', '1', { duplicates: 1 }],
    ['another label contradicts', '1', '0', { contradictions: ['a'] }],
    ['a regression label that the log gives back as text is the same', '2.50', 2.5, { duplicates: 1 }],
    ['another regression label contradicts', '2.5', 2.6, { contradictions: ['a'] }],
  ])('%s', (_name, onRecord, label, expected) => {
    const { answer } = sortOutcomes([{ id: 'a', name: 'a', timeMs: null, label }], new Map([['a', onRecord]]), null, 1);
    expect(answer).toEqual({ accepted: 0, duplicates: 0, unknown: [], removed: [], contradictions: [], ...expected });
  });

  it('without a prediction are unknown', () => {
    const { answer, accepted } = sortOutcomes([{ id: 'a', name: 'a', timeMs: null, label: '1' }], new Map(), null, 1);
    expect(answer.unknown).toEqual(['a']);
    expect(accepted).toEqual([]);
  });

  it('of one request are held against each other', () => {
    const outcomes = ['1', '1', '0'].map((label) => ({ id: 'a', name: 'a', timeMs: null, label }));
    const { answer, contradicting } = sortOutcomes(outcomes, new Map([['a', null]]), null, 7);
    expect(answer).toEqual({ accepted: 1, duplicates: 1, unknown: [], removed: [], contradictions: ['a'] });
    expect(contradicting).toEqual([{ id: 'a', label: '0', atMs: 7 }]);
  });
});
