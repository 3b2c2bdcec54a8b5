import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseTensorflowSettings } from '../../../adapters/runtime/tensorflow-settings.ts';
import { temporaryDirectory } from './jobs.ts';

/** Measures as if the library took these times, and counts how often it was asked. */
function stopwatch(plainSeconds: number, onednnSeconds: number) {
  let asked = 0;
  const measure = async (environment: Readonly<Record<string, string>>): Promise<number> => {
    asked += 1;
    return environment['TF_ENABLE_ONEDNN_OPTS'] === '1' ? onednnSeconds : plainSeconds;
  };
  return { measure, asked: () => asked };
}

describe("TensorFlow's settings", () => {
  it.each([
    ['on where it pays', 2, 1, '1'],
    ['off where it hardly does', 1.05, 1, '0'],
    ['off where it costs', 1, 2, '0'],
  ])('have oneDNN %s, and one thread', async (_, plain, onednn, expected) => {
    const { environment, description } = await chooseTensorflowSettings(
      await temporaryDirectory(),
      stopwatch(plain, onednn).measure,
    );
    expect(environment).toMatchObject({ TF_ENABLE_ONEDNN_OPTS: expected, TF_NUM_INTRAOP_THREADS: '1' });
    expect(description).toContain(`oneDNN ${expected === '1' ? 'on' : 'off'}`);
  });

  it('are measured once a machine, and again where what was kept is torn', async () => {
    const directory = join(await temporaryDirectory(), 'settings');
    const watch = stopwatch(2, 1);
    await mkdir(directory);
    const first = await chooseTensorflowSettings(directory, watch.measure);
    const asked = watch.asked();
    expect(await chooseTensorflowSettings(directory, stopwatch(1, 2).measure)).toEqual(first);
    const [file] = await readdir(directory);
    await writeFile(join(directory, file!), '{"plainSec');
    await chooseTensorflowSettings(directory, watch.measure);
    expect(watch.asked()).toBe(2 * asked);
  });

  it('are measured in processes of their own', async () => {
    const { description } = await chooseTensorflowSettings(await temporaryDirectory());
    expect(description).toMatch(/^oneDNN (on|off) .* [\d.]+ times as fast/);
  }, 240_000);
});
