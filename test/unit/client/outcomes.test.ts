import { describe, expect, it } from 'vitest';
import type { FiledOutcome } from '../../../adapters/data/read-outcome-file.ts';
import { sendOutcomes } from '../../../client/outcomes/send-outcomes.ts';
import { toOutcome } from '../../../client/outcomes/to-outcome.ts';
import { PredictionError, type PredictionClient } from '../../../client/prediction-client.ts';

const row = (changes: Partial<FiledOutcome>): FiledOutcome => ({
  line: 7,
  id: 'a',
  entity: null,
  time: null,
  label: '1',
  labelTime: null,
  ...changes,
});
const classification = { classes: ['1', 'yes', 'true'], withinMs: 0 };
const regression = { classes: [], withinMs: 0 };

describe('a row of a file of outcomes', () => {
  it('has its label as the model knows it: the name of a class, or a number', () => {
    const labels = ['1', 1, 'yes', true].map((label) => toOutcome(row({ label }), classification));
    expect(labels).toEqual(['1', '1', 'yes', 'true'].map((label) => ({ id: 'a', label })));
    expect(toOutcome(row({ label: '12.50' }), regression)).toEqual({ id: 'a', label: 12.5 });
  });

  it('has times in UTC, with or without an offset', () => {
    const about = row({ id: null, entity: 5, time: '2026-03-01 10:00', labelTime: '2026-03-02T10:00:00+02:00' });
    expect(toOutcome(about, { ...classification, withinMs: 60_000 })).toEqual({
      entity: '5',
      time: '2026-03-01T10:00:00.000Z',
      withinMs: 60_000,
      label: '1',
      labelTime: '2026-03-02T08:00:00.000Z',
    });
  });

  it.each([
    [{ label: null }, classification, 'it has no label'],
    [{ label: '01' }, classification, 'label "01" is none of 1, yes, true'],
    [{ label: 'much' }, regression, 'label "much" is no number'],
    [{ label: true }, regression, 'label true is no number'],
    [{ id: null, entity: 'shop' }, classification, 'it has neither an id, nor an entity and a time'],
    [{ id: null, entity: 'shop', time: 'noon' }, classification, 'time "noon" is no time: write it in ISO 8601'],
    [{ labelTime: 5 }, classification, 'label_time 5 is no time: write it in ISO 8601'],
    [{ id: { of: 'x' } }, classification, 'id {"of":"x"} is no text of up to 200 characters'],
    [{ id: 'x'.repeat(201) }, classification, `id "${'x'.repeat(201)}" is no text of up to 200 characters`],
    [{ id: null, entity: true, time: '2026-03-01' }, classification, 'entity true is no text of up to 200 characters'],
  ])('is told by its line where it can not be sent: %j', (changes, context, reason) => {
    expect(toOutcome(row(changes), context)).toEqual({ line: 7, reason });
  });
});

describe('sending outcomes', () => {
  const rows = [1, 2, 3].map((line) => row({ line, id: `id ${line}` }));
  const silent = { withinMs: 0, batchRows: 2, onProgress: () => undefined };
  /** The faults of a service: its other answers are those of a real one, in test/e2e. */
  const faulty = (classes: string[] | null, failure: PredictionError): PredictionClient => ({
    predict: () => Promise.reject(failure),
    feedback: () => Promise.reject(failure),
    status: () => Promise.resolve({ classes, problem: 'it is being loaded' } as never),
  });

  it('names the lines of a batch that was refused as a whole', async () => {
    const client = faulty(['1'], new PredictionError(503, { code: 'log-unavailable', message: 'the disk is full' }));
    await expect(sendOutcomes(client, 'prices', rows, silent)).rejects.toThrow(
      'lines 1 to 2 were not taken: the disk is full (what came before is on record',
    );
  });

  it('sends nothing to a model that does not serve', async () => {
    const client = faulty(null, new PredictionError(500, { code: 'never', message: 'asked' }));
    await expect(sendOutcomes(client, 'prices', rows, silent)).rejects.toThrow(
      'no version of prices serves: it is being loaded',
    );
  });

  it('goes on after a batch of which nothing is known', async () => {
    const client = faulty(['1'], new PredictionError(404, { code: 'prediction-unknown', message: 'unknown' }));
    const { unknown, accepted } = await sendOutcomes(client, 'prices', rows, silent);
    expect(accepted).toBe(0);
    expect(unknown.map(({ line }) => line)).toEqual([1, 2, 3]);
  });
});
