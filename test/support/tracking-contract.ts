import { describe, expect, it } from 'vitest';
import type { RunKey, Tracking } from '../../adapters/ports/tracking.ts';

const run: RunKey = { model: 'electricity', decisionId: 'electricity-0001', candidateId: null };
const candidate: RunKey = { ...run, candidateId: 'mlp-64-32/recent' };
const start = { run, name: 'retraining electricity-0001', startedAtMs: 1_000, tags: { why: 'drift' } };
const point = { name: 'loss', value: 0.5, step: 1, atMs: 2_000 };
const input = { name: 'snapshot', digest: 'a'.repeat(64), context: 'training', rows: 120, source: 'store/a.parquet' };

/** What every tracking must do. `open` opens a fresh one; `reopen` the same one as another process would. */
export function trackingContract(
  name: string,
  open: () => Promise<{ tracking: Tracking; reopen: () => Promise<Tracking> }>,
): void {
  describe(`${name}: runs`, () => {
    it('begin once per key, also by two at a time, and are found by another process', async () => {
      const { tracking, reopen } = await open();
      expect(await tracking.read(run)).toBeNull();
      const others = await Promise.all([reopen(), reopen()]);
      await Promise.all([tracking, ...others].map((one) => one.begin(start)));
      await tracking.begin({ ...start, name: 'again', startedAtMs: 9_000 });
      expect(await (await reopen()).read(run)).toMatchObject({
        name: 'retraining electricity-0001',
        status: 'running',
        startedAtMs: 1_000,
        endedAtMs: null,
        params: {},
        metrics: [],
        inputs: [],
        artifacts: [],
      });
    });

    it('of a candidate and of another model are runs of their own', async () => {
      const { tracking } = await open();
      const other = { ...run, model: 'flights' };
      for (const one of [run, candidate, other]) await tracking.begin({ ...start, run: one });
      await tracking.logParams(candidate, { units: '64' });
      await tracking.logParams(other, { units: '32' });
      const params = await Promise.all([run, candidate, other].map(async (one) => (await tracking.read(one))?.params));
      expect(params).toEqual([{}, { units: '64' }, { units: '32' }]);
    });

    it('end, can be told more, and end again', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      await tracking.end(run, 'failed', 5_000);
      await tracking.end(run, 'failed', 5_000);
      expect(await tracking.read(run)).toMatchObject({ status: 'failed', endedAtMs: 5_000 });
      await tracking.begin(start);
      await tracking.setTags(run, { version: '2' });
      await tracking.end(run, 'finished', 6_000);
      expect(await tracking.read(run)).toMatchObject({ status: 'finished', endedAtMs: 6_000, tags: { version: '2' } });
    });

    it('that nobody began are an error of their own', async () => {
      const { tracking } = await open();
      const missing = { code: 'run-not-found' };
      await expect(tracking.logParams(run, { a: '1' })).rejects.toMatchObject(missing);
      await expect(tracking.logMetrics(run, [point])).rejects.toMatchObject(missing);
      await expect(tracking.logInputs(run, [input])).rejects.toMatchObject(missing);
      await expect(tracking.logArtifact(run, 'a.txt', 'a')).rejects.toMatchObject(missing);
      await expect(tracking.setTags(run, { a: '1' })).rejects.toMatchObject(missing);
      await expect(tracking.end(run, 'finished', 1)).rejects.toMatchObject(missing);
      await expect(tracking.readArtifact(run, 'a.txt')).rejects.toMatchObject(missing);
    });

    it('refuse models and paths that lead elsewhere', async () => {
      const { tracking } = await open();
      const invalid = { code: 'name-invalid' };
      await expect(tracking.begin({ ...start, run: { ...run, model: '../x' } })).rejects.toMatchObject(invalid);
      await expect(tracking.begin({ ...start, run: { ...run, decisionId: '' } })).rejects.toMatchObject(invalid);
      await tracking.begin(start);
      for (const path of ['../a', '/a', 'a//b', 'a/../b', '', '.', 'a\\b'])
        await expect(tracking.logArtifact(run, path, 'a')).rejects.toMatchObject(invalid);
    });
  });

  describe(`${name}: what a run is told`, () => {
    it('keeps metrics by name, step and time, each once however often it is told', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      const later = { ...point, value: 0.25, step: 2, atMs: 3_000 };
      await tracking.logMetrics(run, []);
      await tracking.logMetrics(run, [later, { ...point, name: 'accuracy', value: 0.9 }]);
      await tracking.logMetrics(run, [point, later]);
      await tracking.logMetrics(run, [later]);
      expect((await tracking.read(run))?.metrics).toEqual([{ ...point, name: 'accuracy', value: 0.9 }, point, later]);
    });

    it('keeps NaN and infinities, tiny and huge numbers', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      const values = [NaN, Infinity, -Infinity, 5e-324, -1e308, 0.1 + 0.2];
      await tracking.logMetrics(
        run,
        values.map((value, step) => ({ ...point, value, step })),
      );
      expect((await tracking.read(run))?.metrics.map(({ value }) => value)).toEqual(values);
    });

    it('keeps thousands of points of one call', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      const points = Array.from({ length: 2_500 }, (_, step) => ({ ...point, step, value: step / 7 }));
      await tracking.logMetrics(run, points);
      expect((await tracking.read(run))?.metrics).toEqual(points);
    });

    it('keeps parameters, and refuses to change one', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`p${index}`, String(index)]));
      await tracking.logParams(run, many);
      await tracking.logParams(run, { p0: '0', units: '64' });
      await expect(tracking.logParams(run, { units: '32' })).rejects.toMatchObject({ code: 'conflict' });
      expect((await tracking.read(run))?.params).toEqual({ ...many, units: '64' });
    });

    it('keeps the last value of a tag, and the tags that it began with', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      await tracking.setTags(run, { gate: 'inconclusive' });
      await tracking.setTags(run, { gate: 'pass', empty: '' });
      expect((await tracking.read(run))?.tags).toMatchObject({ why: 'drift', gate: 'pass', empty: '' });
    });

    it('keeps the rows that it used with their digest and purpose', async () => {
      const { tracking } = await open();
      await tracking.begin(start);
      await tracking.logInputs(run, [input, { ...input, context: 'holdout', rows: 40 }]);
      await tracking.logInputs(run, [input]);
      const inputs = (await tracking.read(run))?.inputs ?? [];
      expect(inputs.toSorted((a, b) => b.rows - a.rows)).toEqual([input, { ...input, context: 'holdout', rows: 40 }]);
    });

    it('keeps files byte for byte, the last content of each path', async () => {
      const { tracking, reopen } = await open();
      await tracking.begin(start);
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
      await tracking.logArtifact(run, 'report.html', '<p>first</p>');
      await tracking.logArtifact(run, 'report.html', '<p>größer</p>');
      await tracking.logArtifact(run, 'plots/a b%.bin', bytes);
      const other = await reopen();
      expect((await other.read(run))?.artifacts).toEqual(['plots/a b%.bin', 'report.html']);
      expect(new TextDecoder().decode(await other.readArtifact(run, 'report.html'))).toBe('<p>größer</p>');
      expect(Buffer.from(await other.readArtifact(run, 'plots/a b%.bin')).equals(Buffer.from(bytes))).toBe(true);
      await expect(other.readArtifact(run, 'none.txt')).rejects.toMatchObject({ code: 'artifact-not-found' });
    });
  });
}
