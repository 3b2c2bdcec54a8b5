import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { holdGoldenExam } from '../../../activities/hold-golden-exam.ts';
import type { GateRequest } from '../../../activities/types.ts';
import type { LadderState } from '../../../domain/gate/ladder.ts';
import { noExams } from '../../../domain/lifecycle/exams.ts';

const schema = { features: [], label: 'y', classes: ['no', 'yes'] };
const labels = Float64Array.from({ length: 400 }, (_, row) => row % 2);

/** Models are called by the number of rows that they get wrong. */
const score = (wrong: string) => {
  const values = Array.from(labels, (label, row) => (row < Number(wrong) ? 1 - label : label));
  return Promise.resolve({ width: 1, values });
};

function dependencies(goldenSet: string | null, readExtract: () => Promise<unknown>): Dependencies {
  return {
    loadProject: () => Promise.resolve({ goldenSet }),
    readExtract,
    store: { writeSnapshot: () => Promise.resolve({ id: 'set' }) },
    runtime: { score },
  } as unknown as Dependencies;
}

const asRead = () => Promise.resolve({ table: { rowCount: 400, columns: {} }, labels, keys: [] });
const request = (golden: LadderState | null): GateRequest =>
  ({ project: { model: 'm', directory: '.' }, exams: { ...noExams, golden } }) as unknown as GateRequest;
const hold = (
  deps: Dependencies,
  golden: LadderState | null = null,
  challenger = '40',
  champion: string | null = '42',
) => holdGoldenExam(deps, request(golden), schema, { challenger, champion });

describe('holdGoldenExam', () => {
  const deps = dependencies('golden.csv', asRead);

  it('is not held where the project names no golden set', async () => {
    expect(await hold(dependencies(null, asRead))).toBeNull();
  });

  it('tells how often the set was used, and no more than the Ladder lets it', async () => {
    const first = await hold(deps);
    expect(first?.check).toEqual({
      name: 'golden-set',
      outcome: 'pass',
      reason:
        'golden set of 400 rows, used 1 time: the challenger is better than any model before it; ' +
        'the best loss told so far is .100, in steps of .050',
      rowsSeen: 400,
    });
    const second = await hold(deps, first!.state, '30', '40');
    expect(second?.check.reason).toMatch(/used 2 times: the challenger is about as good as the best model before it/);
    expect(second?.state).toMatchObject({ uses: 2, told: first!.state!.told });
  });

  it('refuses a challenger that falls', async () => {
    expect((await hold(deps, null, '120', '40'))?.check).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining('clearly worse'),
    });
  });

  it('begins anew on other rows', async () => {
    const other = await hold(deps, { setId: 'another', rows: 400, uses: 9, told: 0 });
    expect(other?.state).toMatchObject({ setId: 'set', uses: 1 });
  });

  it('asks a person where the file is no table with these columns, and fails where the disk does', async () => {
    const wrong = Object.assign(new Error('no column "y"'), { name: 'DataError' });
    expect(await hold(dependencies('golden.csv', () => Promise.reject(wrong)))).toMatchObject({
      check: { outcome: 'inconclusive', reason: `the golden set golden.csv can't be read: no column "y"` },
      state: null,
    });
    await expect(hold(dependencies('golden.csv', () => Promise.reject(new Error('EIO'))))).rejects.toThrow('EIO');
  });
});
