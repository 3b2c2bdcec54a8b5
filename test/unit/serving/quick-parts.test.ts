import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRowProblem, type FeatureRow } from '../../../adapters/data/feature-rows.ts';
import { compileRowCheck } from '../../../adapters/data/row-check.ts';
import { toPredictionLine } from '../../../adapters/store/prediction-line.ts';
import type { DataSchema, FeatureType } from '../../../domain/table.ts';
import { createRowText } from '../../../serving/quick/row-text.ts';
import { prediction } from '../../support/predictions.ts';

const values = fc.oneof(
  fc.double(),
  fc.integer({ min: -1, max: 2 }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('2026-01-01T00:00:00Z', 'text', '', '1'),
);
const names = fc.constantFrom('a', 'b:c', 'toString', '__proto__', '"quoted"', 'ü');
const schemas = fc
  .uniqueArray(fc.record({ name: names, type: fc.constantFrom<FeatureType>('numeric', 'categorical', 'boolean', 'timestamp') }), {
    selector: ({ name }) => name,
    maxLength: 4,
  })
  .map((features): DataSchema => ({ features, label: 'y', classes: [] })); // prettier-ignore
const rows = fc.dictionary(names, values).map((row) => JSON.parse(JSON.stringify(row)) as FeatureRow);

describe('the quick check of a row', () => {
  it('lets nothing pass that is wrong, and all that is right but for odd names', () => {
    fc.assert(
      fc.property(schemas, rows, (schema, row) => {
        const isGood = compileRowCheck(schema)(row);
        const isRight = findRowProblem(schema, row) === null;
        const isOdd = schema.features.some(({ name }) => name === '__proto__' || name === 'toString');
        expect(isGood).toBe(isOdd ? isGood && isRight : isRight);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a row for none that is no object', () => {
    const check = compileRowCheck({ features: [], label: 'y', classes: [] });
    expect([null, 1, 'x', undefined].map(check)).toEqual([false, false, false, false]);
    expect(check({})).toBe(true);
  });
});

describe('the text of a row', () => {
  it('is taken as it came only where it says what was parsed, on one line', () => {
    const schema: DataSchema = { features: [{ name: 'a', type: 'numeric' }, { name: 'b:c', type: 'categorical' }], label: 'y', classes: [] }; // prettier-ignore
    const find = createRowText(schema);
    expect(find('{"rows":[{"a":1,"b:c":"x"}]}')).toBe('{"a":1,"b:c":"x"}');
    expect(find('{ "rows": [ {"a": 1.0, "b:c": null} ] }')).toBe(' {"a": 1.0, "b:c": null} ');
    expect(find('{"rows":[{"a":1,"a":2,"b:c":"x"}]}')).toBeNull();
    expect(find('{"rows":[{"a":1,"a":2,"b\\u003ac":"x"}]}')).toBeNull();
    expect(find('{"rows":[{"a":1,"b:c":"x:y"}]}')).toBeNull();
    expect(find('{"rows":[{"a":1,\n"b:c":"x"}]}')).toBeNull();
    expect(find('{"rows":[{"a":2,"b:c":"y"}],"rows":[{"a":1,"b:c":"x"}]}')).toBeNull();
  });

  it('is written anew where a truth value may be there in two forms', () => {
    const schema: DataSchema = { features: [{ name: 'a', type: 'boolean' }], label: 'y', classes: [] };
    expect(createRowText(schema)('{"rows":[{"a":1.0}]}')).toBeNull();
  });
});

describe('a line of the log', () => {
  it('is what JSON.stringify makes of a record', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    const rarities = fc.record(
      {
        entity: fc.option(fc.string()),
        abstained: fc.string(),
        omitted: fc.array(fc.string()),
        traceparent: fc.string(),
        decision: fc.option(fc.constant({ by: 'control' as const, label: 'a', propensity: 0.5 })),
      },
      { requiredKeys: [] },
    );
    const changes = fc.record({
      eventMs: fc.option(numbers),
      version: fc.string(),
      requestId: fc.string(),
      latencyMs: numbers,
      features: fc.dictionary(fc.string(), values),
      output: fc.array(numbers, { minLength: 1 }),
      shadow: fc.option(fc.record({ version: fc.string(), output: fc.array(numbers, { minLength: 1 }) })),
    });
    fc.assert(
      fc.property(changes, rarities, (change, rare) => {
        const record = prediction(1, { ...change, ...rare });
        const line = toPredictionLine(record);
        expect(line).not.toContain('\n');
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  it('has features as the text that is given', () => {
    expect(JSON.parse(toPredictionLine(prediction(1, { featuresJson: '{"a":1.0}' })))).toMatchObject({
      features: { a: 1 },
    });
  });
});
