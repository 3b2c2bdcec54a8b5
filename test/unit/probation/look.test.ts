import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { lookAtProbation } from '../../../activities/look-at-probation.ts';
import type { ProbationProgress } from '../../../activities/types.ts';
import type { OutcomeRows, WindowQuery } from '../../../adapters/ports/store.ts';
import { testPolicy } from '../../support/policy.ts';

interface Row {
  readonly label: number;
  readonly version?: string;
  readonly shadow?: string | null;
}

/** The new champion says 0 and its predecessor 1 to every row: whoever is wrong, the other is right. */
function depsOf(rows: readonly Row[], holdout: object | null = null): Dependencies {
  const ids = rows.map((_, row) => `row-${String(row).padStart(6, '0')}`);
  const readOutcomes = ({ afterId }: WindowQuery): Promise<OutcomeRows> => {
    const from = afterId === undefined ? 0 : ids.indexOf(afterId) + 1;
    const left = rows.slice(from);
    return Promise.resolve({
      ids: ids.slice(from),
      versions: left.map(({ version = '2' }) => version),
      shadowVersions: left.map(({ shadow = '1' }) => shadow),
      labels: Float64Array.from(left, ({ label }) => label),
      predictedMs: new Float64Array(left.length),
      labelledMs: new Float64Array(left.length).fill(Number.NaN),
      outputs: { width: 1, values: new Float64Array(left.length) },
      shadowOutputs: { width: 1, values: new Float64Array(left.length).fill(1) },
    });
  };
  return {
    store: { readOutcomes, readArrivals: () => Promise.resolve({ predictedMs: [], labelledMs: [], untimed: 0 }) },
    reports: null,
    holds: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    registry: {
      fetchPackage: () => Promise.resolve('package'),
      getVersion: () => Promise.resolve({ tags: { blockRows: '1' } }),
    },
    packages: {
      readSignature: () =>
        Promise.resolve({ task: 'binary', schema: { features: [], label: 'y', classes: ['a', 'b'] } }),
      readReference: () => Promise.resolve({ lossScale: 1, ...(holdout && { holdout }) }),
    },
  } as unknown as Dependencies;
}

const look = (deps: Dependencies, progress: ProbationProgress | null = null, afterId: string | null = null) =>
  lookAtProbation(deps, {
    project: { model: 'prices', directory: '.' },
    policy: { ...testPolicy, monitor: { ...testPolicy.monitor, labelDelayRows: 400 } },
    decisionId: 'prices-0001',
    champion: '2',
    previous: '1',
    progress,
    afterId,
    isWaitedFor: false,
  });

const unlabelled = Number.NaN;
const block = (label: number, rows = 48): Row[] => Array.from({ length: rows }, () => ({ label }));

describe('a look at a probation', () => {
  it('takes in whole cohorts only: early labels of a young one wait for the others', async () => {
    const half = Array.from({ length: 48 }, (_, row) => ({ label: row % 2 === 0 ? 0 : unlabelled }));
    const seen = await look(depsOf([...block(0), ...half, ...block(0)]));
    expect(seen.progress).toMatchObject({ lastId: 'row-000047', state: { labels: 48 } });
  });

  it('goes on where it stopped, and counts no label twice', async () => {
    const young = [...block(0), ...block(unlabelled)];
    const first = await look(depsOf(young));
    expect((await look(depsOf(young), first.progress)).newLabels).toBe(0);
    const second = await look(depsOf([...block(0), ...block(0)]), first.progress);
    expect(second).toMatchObject({ newLabels: 48, progress: { lastId: 'row-000095', state: { labels: 96 } } });
  });

  it('takes a cohort as it is once it is older than the longest delay', async () => {
    const seen = await look(depsOf([...block(unlabelled, 24), ...block(0, 24), ...block(unlabelled, 400)]));
    expect(seen.progress).toMatchObject({ lastId: 'row-000047', state: { labels: 24 } });
  });

  it('counts only rows that the new champion answered and its predecessor scored', async () => {
    const others = [
      { label: 0, version: '1', shadow: null },
      { label: 0, shadow: null },
      { label: 0, shadow: '0' },
    ];
    const seen = await look(depsOf([...block(0, 45), ...others]));
    expect(seen.progress.state.labels).toBe(45);
  });

  it('takes a pair whichever of the two answered, and knows which is which', async () => {
    const swapped = Array.from({ length: 30 }, () => ({ label: 1, version: '1', shadow: '2' }));
    const rows = [...block(0, 30), ...swapped];
    const { progress } = await look(depsOf(rows));
    expect(progress.state).toMatchObject({ labels: 60, newLossSum: 0, oldLossSum: 60 });
  });

  it('leaves out what an earlier step was judged on', async () => {
    const seen = await look(depsOf(block(0)), null, 'row-000039');
    expect(seen.progress).toMatchObject({ lastId: 'row-000047', state: { labels: 8 } });
  });

  it("watches what the new champion's holdout promised", async () => {
    const holdout = { mean: 0.1, rows: 500, blockRows: 1, upperBound: 0.12 };
    const { progress } = await look(depsOf(block(0), holdout));
    expect(progress.state.validated).toMatchObject({ limit: 0.13, alarm: null });
  });
});
