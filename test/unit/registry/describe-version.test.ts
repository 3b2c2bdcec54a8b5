import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeVersion } from '../../../adapters/registry/mlflow/describe-version.ts';
import { temporaryFolder } from '../../support/folders.ts';

async function packageWith(card: string | null): Promise<string> {
  const folder = await temporaryFolder();
  if (card !== null) await writeFile(join(folder, 'model-card.md'), card);
  return folder;
}

const card = '# Model card\n\n## Model details\n\n- one\n- two\n\n## Metrics\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n';

describe('the description of a version', () => {
  it('is why it was registered, then its model card', async () => {
    const packageDirectory = await packageWith(card);
    const described = await describeVersion({ packageDirectory, tags: { reason: 'a <b> is better' } });
    expect(described).toBe(`a \\<b> is better\n\n${card.trim()}`);
    expect(await describeVersion({ packageDirectory, tags: {} })).toBe(card.trim());
  });

  it('is the reason alone without a card, and none where nothing is known', async () => {
    const packageDirectory = await packageWith(null);
    expect(await describeVersion({ packageDirectory, tags: { reason: 'better' } })).toBe('better');
    expect(await describeVersion({ packageDirectory, tags: {} })).toBeNull();
  });

  it('fails where there is a card that cannot be read', async () => {
    const packageDirectory = await packageWith(null);
    await mkdir(join(packageDirectory, 'model-card.md'));
    await expect(describeVersion({ packageDirectory, tags: {} })).rejects.toThrow('EISDIR');
  });

  it('cuts a long reason short, between two characters', async () => {
    const packageDirectory = await packageWith(card);
    const described = await describeVersion({ packageDirectory, tags: { reason: `y${'😀'.repeat(4_000)}` } });
    expect(described).toBe(`y${'😀'.repeat(1_249)}\n\n${card.trim()}`);
  });

  it('leaves out whole sections at the end, and says where they are, when it would be longer than MLflow takes', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 9_000 }), async (lines, reasonLength) => {
        const sections = ['# Model card', ...lines.map((length, index) => `## ${index}\n\n${'x'.repeat(length)}`)];
        const packageDirectory = await packageWith(sections.join('\n\n'));
        const described = await describeVersion({ packageDirectory, tags: { reason: 'y'.repeat(reasonLength) } });
        expect(described!.length).toBeLessThanOrEqual(5_000);
        const [, ...shown] = described!.split('\n\n# Model card')[1]!.split('\n\n## ');
        const isWhole = shown.length === lines.length;
        expect(described!.endsWith('among the files of this version.')).toBe(!isWhole);
        const told = shown.map((section) => section.split('\n\n')[1]!.length);
        expect(told).toEqual(lines.slice(0, shown.length));
      }),
      { numRuns: 50 },
    );
  });
});
