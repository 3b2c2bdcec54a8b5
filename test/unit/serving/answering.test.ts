import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../../adapters/ports/store.ts';
import type { PredictAnswer } from '../../../config/wire.ts';
import { defaultAnswerSettings } from '../../../domain/answers/settings.ts';
import { priceSchema } from '../../support/predictions.ts';
import { goodRow, model, startRig, type Rig } from './support.ts';

const facts = {
  range: { region: { kind: 'categorical' as const, categories: ['north'] } },
  residuals: { rows: 9, sizes: [1, 2, 3, 4, 5, 6, 7, 8, 9], every: 1 },
};
const answers = (changes: object) => () =>
  Promise.resolve({ ...defaultAnswerSettings, answers: { ...defaultAnswerSettings.answers, ...changes } });

async function predict({ service }: Rig, payload: object) {
  const response = await service.app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload });
  return { status: response.statusCode, body: response.json<PredictAnswer & { error: { code: string } }>() };
}

async function listen(rig: Rig): Promise<Rig> {
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return rig;
}

async function readLog({ storeDirectory }: Rig): Promise<PredictionRecord[]> {
  const folder = join(storeDirectory, model, 'predictions', 'open');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.trim().split('\n').map((line) => JSON.parse(line) as PredictionRecord)); // prettier-ignore
}

describe('an answer of the service', () => {
  it('warns of values that the training rows of the version did not have', async () => {
    const rig = await listen(await startRig([{ facts }]));
    const { body } = await predict(rig, { rows: [goodRow, { ...goodRow, region: 'west' }] });
    expect(body.predictions.map(({ outOfRange }) => outOfRange)).toEqual([undefined, ['region']]);
  });

  it('has the interval of its version', async () => {
    const regression = { ...priceSchema, classes: [] };
    const rig = await listen(await startRig([{ facts, schema: regression, output: [10] }]));
    const { body } = await predict(rig, { rows: [goodRow] });
    expect(body.predictions[0]).toMatchObject({ value: 10, interval: { low: 1, high: 19, level: 0.9 } });
  });

  it('is withheld as the project says, and the log tells so', async () => {
    const rig = await listen(await startRig([{}], { readSettings: answers({ abstainBelow: 0.8 }) }));
    const { body } = await predict(rig, { rows: [goodRow] });
    expect(body.predictions[0]?.label).toBeUndefined();
    expect(body.predictions[0]?.abstained?.code).toBe('low-probability');
    expect((await readLog(rig))[0]).toMatchObject({ output: [0.75], abstained: 'low-probability' });
  });

  it('is decided without the model for a part of the entities, the same ones each time, and the log has the propensity', async () => {
    const rig = await listen(await startRig([{}], { readSettings: answers({ controlShare: 0.3 }) }));
    const entities = Array.from({ length: 200 }, (_, index) => `customer ${index}`);
    const rows = entities.map(() => goodRow);
    const [first, second] = [await predict(rig, { rows, entities }), await predict(rig, { rows, entities })];
    const said = ({ body }: typeof first) =>
      body.predictions.map(({ label, decidedBy }) => [label, decidedBy ?? 'model']);
    expect(said(first)).toEqual(said(second));
    const controlled = said(first).filter(([, by]) => by === 'control');
    expect(new Set(controlled.map(([label]) => label))).toEqual(new Set(['no', 'yes']));
    // Binomial: 60 with a standard error of 6.5.
    expect(Math.abs(controlled.length - 60)).toBeLessThan(27);
    const logged = await readLog(rig);
    expect(logged.slice(0, 200).map(({ decision }) => [decision?.label, decision?.by])).toEqual(said(first));
    expect(logged.map(({ entity }) => entity)).toEqual([...entities, ...entities]);
    expect(new Set(logged.map(({ decision }) => decision?.propensity.toFixed(2)))).toEqual(new Set(['0.85', '0.15']));
  });

  it('says why it can’t be explained, and refuses to explain many', async () => {
    const rig = await listen(await startRig());
    const explained = async (count: number) => {
      const payload = { rows: Array.from({ length: count }, () => goodRow) };
      const url = `/v1/models/${model}/predict?explain=true`;
      return await rig.service.app.inject({ method: 'POST', url, payload });
    };
    const [prediction] = (await explained(1)).json<PredictAnswer>().predictions;
    expect(prediction).toMatchObject({ label: 'yes' });
    expect(prediction?.explanation).toEqual({
      unavailable: "this version can't be explained: its networks could not be read",
    });
    const many = await explained(11);
    expect(many.statusCode).toBe(400);
    expect(many.json()).toMatchObject({ error: { code: 'request-invalid', field: 'rows' } });
  });

  it('is not given while the settings can’t be read, and was never known', async () => {
    let isBroken = true;
    const readSettings = () => (isBroken ? Promise.reject(new Error('not JSON')) : Promise.resolve(null));
    const rig = await listen(await startRig([{}], { readSettings }));
    const { status, body } = await predict(rig, { rows: [goodRow] });
    expect(status).toBe(503);
    expect(body.error.code).toBe('settings-unavailable');
    isBroken = false;
    while ((await predict(rig, { rows: [goodRow] })).status !== 200);
    isBroken = true;
    expect((await predict(rig, { rows: [goodRow] })).status).toBe(200);
  });
});
