import { expect, it } from 'vitest';
import { json, page, scripted } from './answers.ts';
import type { Auth } from '../src/index.ts';

const ok = json(200, { experiments: [] });

it.each<[string, Auth, Record<string, string>]>([
  [
    'user and password',
    { kind: 'basic', username: 'ada', password: 'pässwörd' },
    { authorization: `Basic ${Buffer.from('ada:pässwörd').toString('base64')}` },
  ],
  ['a token', { kind: 'bearer', token: 't0' }, { authorization: 'Bearer t0' }],
  ['headers of a gateway', { kind: 'headers', headers: { 'x-team': 'prices' } }, { 'x-team': 'prices' }],
])('%s go with calls and with artifacts', async (_, auth, expected) => {
  const { client, asked } = await scripted([ok], { auth });
  await client.check();
  await client.artifacts.upload('mlflow-artifacts:/1/a.txt', 'text');
  expect(asked.map(({ headers }) => headers)).toEqual([
    expect.objectContaining(expected),
    expect.objectContaining(expected),
  ]);
});

it('a user and password in the address are used, and not shown', async () => {
  const { url } = await scripted([ok]);
  const { client, asked } = await scripted([page(401, 'no')], { trackingUri: url.replace('//', '//ada:l%20ve@') });
  expect(asked).toEqual([]);
  expect(client.base).toBe(url);
  const with401 = await scripted([page(401, 'no')]);
  const refused = await scripted([], { trackingUri: with401.url.replace('//', '//ada:l%20ve@') });
  await expect(refused.client.check()).rejects.toThrow(/^(?!.*l(%20| )ve)/);
  expect(with401.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:l ve').toString('base64')}`);
});

it('no credentials are sent where none are given', async () => {
  const { client, asked } = await scripted([ok]);
  await client.check();
  expect(asked[0]?.headers).not.toHaveProperty('authorization');
});

it('a provider is asked for each call, and once more when its headers were refused', async () => {
  const told: boolean[] = [];
  const provide = ({ isRefused }: { isRefused: boolean }) => {
    told.push(isRefused);
    return Promise.resolve({ authorization: `Bearer ${told.length}` });
  };
  const { client, asked } = await scripted([ok, page(401, 'expired'), ok, page(401, 'expired'), page(401, 'gone')], {
    auth: { kind: 'provider', provide },
  });
  await client.check();
  await client.check();
  await expect(client.check()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(told).toEqual([false, false, true, false, true]);
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([1, 2, 3, 4, 5].map((n) => `Bearer ${n}`));
});
