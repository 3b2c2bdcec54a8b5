import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPseudonymiser } from '../../../adapters/privacy/pseudonyms.ts';
import { protectRows } from '../../../adapters/privacy/protect-rows.ts';
import { openStore } from '../../../adapters/store/open-store.ts';
import type { PredictAnswer } from '../../../config/wire.ts';
import { defaultAnswerSettings } from '../../../domain/answers/settings.ts';
import type { LabelledRows } from '../../../adapters/ports/store.ts';
import { priceSchema } from '../../support/predictions.ts';
import { goodRow, model, startRig, type Rig } from './support.ts';

const key = 'a key of sixteen characters or more';
const pseudonymise = createPseudonymiser(key);
const privacy = (hash: string[], omit: string[] = []) => ({
  readSettings: () => Promise.resolve({ ...defaultAnswerSettings, privacy: { hash, omit } }),
});

async function predict({ service }: Rig, row: object) {
  await service.listen({ host: '127.0.0.1', port: 0 });
  const url = `/v1/models/${model}/predict`;
  const response = await service.app.inject({ method: 'POST', url, payload: { rows: [row] } });
  return { status: response.statusCode, body: response.json<PredictAnswer & { error: { code: string } }>() };
}

async function readLog({ storeDirectory }: Rig): Promise<string> {
  const folder = join(storeDirectory, model, 'predictions', 'open');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('');
}

describe('pseudonyms', () => {
  it('are equal for equal values, and different under another key', () => {
    expect(pseudonymise('Ada')).toBe(pseudonymise('Ada'));
    expect(pseudonymise('Ada')).toMatch(/^h:[\w-]{22}$/);
    expect(createPseudonymiser('another key of that length')('Ada')).not.toBe(pseudonymise('Ada'));
  });
});

describe('a column that the log must not show', () => {
  it('is hashed before model and log see it', async () => {
    const facts = {
      range: { region: { kind: 'categorical' as const, categories: [pseudonymise('north')] } },
      residuals: null,
    };
    const rig = await startRig([{ facts }], { ...privacy(['region']), pseudonymise });
    const { status, body } = await predict(rig, goodRow);
    expect(status).toBe(200);
    expect(body.predictions[0]?.outOfRange).toBeUndefined();
    const log = await readLog(rig);
    expect(log).toContain(pseudonymise('north'));
    expect(log).not.toContain('north');
  });

  it('is left out, though the client sends it', async () => {
    const rig = await startRig([{}], privacy([], ['name']));
    expect((await predict(rig, { ...goodRow, name: 'Ada' })).status).toBe(200);
    expect(await readLog(rig)).not.toContain('Ada');
  });

  it('is left out also where the version needs it, and its rows are not trained on', async () => {
    const rig = await startRig([{}], privacy([], ['region']));
    expect((await predict(rig, goodRow)).status).toBe(200);
    expect(await readLog(rig)).not.toContain('north');
    const id = (await (await openStore({ directory: rig.storeDirectory })).readOutcomes({ model, schema: priceSchema })).ids[0]; // prettier-ignore
    await rig.log.appendLabels(model, [{ id: id ?? '', label: 'yes', atMs: 1 }]);
    const store = await openStore({ directory: rig.storeDirectory });
    await expect(store.readLabelled({ model, schema: priceSchema })).rejects.toThrow(
      /log lacks "region".*privacy.omit/,
    );
    const features = priceSchema.features.filter(({ name }) => name !== 'region');
    expect((await store.readLabelled({ model, schema: { ...priceSchema, features } })).keys).toEqual([id]);
  });

  it('keeps the service from answering where it is to be hashed without a key', async () => {
    const { status, body } = await predict(await startRig([{}], privacy(['region'])), goodRow);
    expect(status).toBe(503);
    expect(body.error.code).toBe('privacy-key-missing');
  });
});

describe('the rows that a project brings along', () => {
  const rows: LabelledRows = {
    table: {
      rowCount: 2,
      columns: {
        price: { kind: 'numeric', values: Float64Array.of(1, 2) },
        region: { kind: 'categorical', values: ['north', null] },
      },
    },
    labels: Float64Array.of(0, 1),
    keys: ['a', 'b'],
  };
  const features = priceSchema.features.filter(({ name }) => ['price', 'region'].includes(name));
  const history = { schema: { ...priceSchema, features }, rows };

  it('are hashed as the log is', () => {
    const found = protectRows(history, { hash: ['region'], omit: [] }, pseudonymise);
    expect(found.rows.table.columns['region']?.values).toEqual([pseudonymise('north'), null]);
    expect(protectRows(history, { hash: [], omit: ['name'] }, null)).toBe(history);
  });

  it.each([
    ['a number is to be hashed', { hash: ['price'], omit: [] }, /"price", which is numeric: only categorical/],
    ['a column is none', { hash: ['regoin'], omit: [] }, /is no feature \(did you mean "region"\?\)/],
    ['a feature is to be left out', { hash: [], omit: ['price'] }, /can't be trained on; put it into "exclude"/],
  ])('are refused where %s', (_name, policy, message) => {
    expect(() => protectRows(history, policy, pseudonymise)).toThrow(message);
  });

  it('are refused without a key', () => {
    expect(() => protectRows(history, { hash: ['region'], omit: [] }, null)).toThrow(/INCUMBENT_PRIVACY_KEY/);
  });
});
