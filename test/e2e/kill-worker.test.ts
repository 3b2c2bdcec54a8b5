import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { loadProject } from '../../config/load-project.ts';
import { connect } from '../../client/connection.ts';
import { createIncumbentClient, type IncumbentClient } from '../../client/incumbent-client.ts';
import { createPredictionClient } from '../../client/prediction-client.ts';
import { ensureSearchAttributes } from '../../client/search-attributes.ts';
import { servicePlan, temporalPlan, workerPlan } from '../../client/start/plans.ts';
import { freePort } from '../../client/start/ports.ts';
import { supervise } from '../../client/start/supervised.ts';
import type { LifecycleStatus } from '../../workflows/messages.ts';
import { temporaryFolder } from '../support/folders.ts';
import { makePriceRows, toPriceCsv, writePriceProject } from '../support/price-project.ts';

const model = 'prices';
const ask = { by: 'ada', reason: 'test' };

/** Everything real, but a worker that dies before and after every step of a switch. */
async function startDeadly(): Promise<{ home: string; client: IncumbentClient; serviceUrl: string; marks: string }> {
  const folder = await temporaryFolder();
  const [directory, home, marks] = ['project', 'home', 'marks'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writePriceProject(directory, { challenger: { blendMembers: 1, refit: false } });
  for (const one of [join(home, 'logs'), marks]) await mkdir(one, { recursive: true });
  const ports = {
    temporal: await freePort(0),
    ui: await freePort(0),
    service: await freePort(0),
    mlflow: await freePort(0),
  };
  const tell = (): void => undefined;
  const temporal = await supervise(temporalPlan(home, ports), tell);
  const connection = await connect({ address: `127.0.0.1:${ports.temporal}` });
  await ensureSearchAttributes(connection);
  const script = fileURLToPath(new URL('../support/killing-worker.ts', import.meta.url));
  const worker = await supervise({ ...workerPlan(home, ports, { MARKS: marks }), script }, tell);
  const service = await supervise(servicePlan(home, ports, model, {}), tell);
  onTestFinished(async () => {
    await connection.connection.close();
    for (const one of [service, worker, temporal]) await one.stop();
  });
  const client = createIncumbentClient(connection);
  await client.startLifecycle({ model, directory }, (await loadProject(directory)).policy);
  return { home, client, serviceUrl: `http://127.0.0.1:${ports.service}`, marks };
}

async function until(
  client: IncumbentClient,
  isReached: (status: LifecycleStatus) => boolean,
): Promise<LifecycleStatus> {
  for (;;) {
    const status = await client.status(model).catch(() => null);
    if (status !== null && isReached(status)) return status;
    await sleep(100);
  }
}

describe('a worker that is killed before and after every step', () => {
  it('still promotes and rolls back rightly, and the service never answers from an unproven version', async () => {
    const { home, client, serviceUrl, marks } = await startDeadly();
    await until(client, ({ aliases, stage }) => aliases.champion === '1' && stage.name === 'serving');
    const predictions = createPredictionClient(serviceUrl);
    const fresh = makePriceRows(600, 2);
    const answered = await predictions.predict(model, { rows: fresh.rows.map((row) => ({ ...row })) });
    await predictions.feedback(model, {
      outcomes: answered.predictions.map(({ id }, index) => ({ id, label: fresh.labels[index] ?? '' })),
    });
    const answers = keepAsking(serviceUrl);

    // The same rule again is no better than the champion: the gate turns it down, a person overrides.
    const extract = join(home, 'extract.csv');
    await writeFile(extract, toPriceCsv(makePriceRows(800, 3)));
    await client.retrain(model, { ...ask, trainingData: extract });
    await until(client, ({ turnedDown, stage }) => turnedDown !== null && stage.name === 'serving');
    await client.approve(model, { ...ask, override: true });
    const promoted = await until(client, ({ stage }) => stage.name === 'probation');
    expect(promoted.aliases).toEqual({ champion: '2', previous: '1', challenger: null });
    const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
    expect(await registry.getAliases(model)).toEqual(promoted.aliases);
    expect((await predictions.status(model)).serving).toBe('2');

    await client.rollback(model, ask);
    const rolledBack = await until(client, ({ totals, stage }) => totals.rollbacks === 1 && stage.name === 'serving');
    expect(rolledBack.aliases).toEqual({ champion: '1', previous: null, challenger: null });
    expect(await registry.getAliases(model)).toEqual(rolledBack.aliases);
    expect((await predictions.status(model)).serving).toBe('1');

    const { versions, failures } = await answers.stop();
    expect(failures).toEqual([]);
    expect(versions).toEqual(['1', '2', '1']);
    expect(await readdir(marks)).toHaveLength(2 * 7 + 2 * 6);
    const kinds = (await (await openLedger({ directory: join(home, 'ledger') })).read(model)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'promotion')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'rollback intended')).toHaveLength(1);
  });
});

/** Asks for predictions all the time; notes every change of the version that answers. */
function keepAsking(serviceUrl: string): { stop: () => Promise<{ versions: string[]; failures: unknown[] }> } {
  const predictions = createPredictionClient(serviceUrl);
  const versions: string[] = [];
  const failures: unknown[] = [];
  let isAsking = true;
  const asking = (async () => {
    while (isAsking) {
      try {
        const { version } = await predictions.predict(model, { rows: [{ price: 1, load: 2, region: 'north' }] });
        if (versions.at(-1) !== version) versions.push(version);
      } catch (error) {
        failures.push(error);
      }
      await sleep(20);
    }
  })();
  return {
    async stop() {
      isAsking = false;
      await asking;
      return { versions, failures };
    },
  };
}
