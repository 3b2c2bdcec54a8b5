import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePriceRows } from '../support/price-project.ts';
import { servedModel, servedSchema, trainPackages } from '../support/serving.ts';
import { soak } from '../support/soak/soak.ts';

/** `npm run soak [-- requests]`: a million requests with swaps, SIGKILL at random, restarts and a clock that jumps; exit code 1 where anything was lost or doubled. */
const requests = Number(process.argv[2] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), 'incumbent-soak-'));
try {
  const report = await soak({
    home: join(folder, 'home'),
    model: servedModel,
    schema: servedSchema,
    packages: await trainPackages(join(folder, 'packages'), [1, 2]),
    rows: makePriceRows(64, 2).rows,
    requests,
    restarts: Math.ceil(requests / 20_000),
    swaps: Math.ceil(requests / 5_000),
    jumpMs: 2 * 86_400_000,
    seed: 1,
    onProgress: (answered, restarts) => process.stderr.write(`${answered} answered, ${restarts} restarts\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const wrong = report.lost + report.doubled + report.outcomesLost + Object.keys(report.failed).length;
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
