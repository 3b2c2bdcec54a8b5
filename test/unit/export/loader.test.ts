import { describe, expect, it, onTestFinished } from 'vitest';
import { parseTime } from '../../../adapters/data/parse-time.ts';
import { writeExport } from '../../../adapters/export/write-export.ts';
import { runPython } from '../../support/python.ts';
import { writeRandomPackage } from '../engine/random-packages.ts';

const times = [
  '2026',
  '2026-03',
  '2026-03-01',
  '2026-03-01T10:20',
  '2026-03-01T10:20:30',
  '2026-03-01 10:20:30',
  '2026-03-01T10:20:30Z',
  '2026-03-01T10:20:30.9Z',
  '2026-03-01T10:20:30.123456Z',
  '2026-03-01T10:20:30+02:00',
  '2026-03-01T10:20:30-05:30',
  '2024-02-29T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+012026-03-01T00:00:00Z',
  '-000001-03-01T00:00:00Z',
];

describe('the loader of a package, in Python', () => {
  it('reads columns as the service reads rows, whatever pandas made of them', { timeout: 300_000 }, async () => {
    const { directory, remove } = await writeRandomPackage({
      types: ['numeric', 'categorical'],
      classes: 2,
      members: [{ hidden: [], hasDropout: false, isCalibrated: false, dataSeed: 1 }],
      isCalibrated: false,
      seed: 1,
    });
    onTestFinished(remove);
    await writeExport(directory);
    const found = JSON.parse(await runPython('check_loader.py', [directory, JSON.stringify(times)])) as unknown;
    const newYear = Date.UTC(2026, 0, 1);
    expect(found).toEqual({
      texts: times.map(parseTime),
      objects: [newYear, newYear, newYear, null, null],
      naive: [newYear, null],
      zoned: [newYear + 5 * 3_600_000],
      integers: [1, 2],
      nullable: [1, null],
      mixed: [1, 2.5, null, null, null],
      booleans: [1, 0, null, 1, 0],
      all: [1, 0],
      // What looks like the sign for missing is a category that nobody saw.
      categories: ['a', '!', '5', '5', 'true', '!', '!?'],
      complaints: [
        `"column" must be a number or null, but a row has '5'`,
        `"column" must be a number or null, but a row has True`,
        `"column" must be true, false or null, but a row has 'yes'`,
        `"column" must be an ISO 8601 time or null, but a row has 'yesterday'`,
        `"column" must be an ISO 8601 time or null, but a row has 1.5`,
        'the table lacks the columns a "b" 1; a missing value is null, in a column that is there',
      ],
      none: 0,
      many: 10_000,
      index: [7, 9],
    });
  });
});
