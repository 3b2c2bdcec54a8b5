import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import type { PredictionLog } from '../../../adapters/ports/store.ts';
import { homeAt } from '../../../config/home.ts';
import { createService, type Service } from '../../../serving/service.ts';
import { chromiumPath, desk, findFlaws, inBrowser, launchBrowser, phone, schemes } from '../../support/browser.ts';
import { beginModel, type DecidedModel } from '../../support/decided-model.ts';
import { quietLogger } from './support.ts';

/** Two trainings, or four pages in a browser, on a machine that does other things as well. */
const slow = 240_000;
let model: DecidedModel;
let log: PredictionLog;
let service: Service;
let url: string;
let first: string;
let second: string;

/** A model that was promoted twice, is watched, and has been looked at: on real files, behind the real service. */
beforeAll(async () => {
  model = await beginModel(await mkdtemp(join(tmpdir(), 'incumbent-dashboard-')));
  first = (await model.retrain('prices-0001')).result.version!;
  await model.promote('prices-0001', first);
  for (const isGood of [true, true, false]) {
    await model.serve(600, { champion: first, previous: '0', isGood });
    await model.observe();
  }
  second = (await model.retrain('prices-0002')).result.version!;
  const promotion = await model.promote('prices-0002', second);
  await model.serve(600, { champion: second, previous: first, isGood: true });
  await model.watch(promotion);
  await model.stand({ aliases: { champion: second, previous: first, challenger: null } });
  const home = homeAt(model.home);
  log = await openPredictionLog({ directory: home.store, replicaId: 'r1' });
  service = await createService({
    registry: await openEmbeddedRegistry({ directory: home.registry }),
    log,
    loadModel,
    replicaId: 'r1',
    logger: quietLogger(),
    models: ['prices'],
    discoverModels: () => Promise.resolve([]),
    checkLog: () => Promise.resolve(),
    home,
  });
  url = `http://127.0.0.1:${await service.listen({ host: '127.0.0.1', port: 0 })}`;
}, slow);

afterAll(async () => {
  await service.stop();
  await log.close();
  await model.close();
  await rm(model.home, { recursive: true, force: true });
});

const get = async (path: string) => {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe('the dashboard', () => {
  it('tells who serves since when, how well, what drifted, and what was decided', async () => {
    const { text, headers } = await get('/');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const lead = /<p class="lead">(.*)<\/p>/.exec(text)?.[1];
    const [who, when] = [`Version ${second} serves since `, `. Version ${first} scores in its shadow.`];
    expect(lead).toMatch(/20\d\d-\d\d-\d\d [\d:]+ UTC/);
    expect([lead?.startsWith(who), lead?.endsWith(when)]).toEqual([true, true]);
    const names = [...text.matchAll(/<svg role="img" aria-label="([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual(
      [
        /^Live loss over predictions: 0\.\d+ at the last look, promised at most 0\.\d+$/,
        /^Evidence of harm over \d+ labels: e-value [\d.e-]+ at the end, a rollback takes 40$/,
        /^Drift of features at the newest 2 looks; farthest now: price, PSI [\d.]+$/,
      ].flatMap((name) => [expect.stringMatching(name), expect.stringMatching(name)] as string[]),
    );
    const has = (words: string): readonly [string, boolean] => [words, text.includes(words)];
    for (const words of [
      'Nothing awaits a person.',
      'At 1,800 predictions: drifted: price',
      `The last probation, of version ${second} against version ${first}`,
      '<a href="/reports/prices/prices-0002/index.html">',
    ]) {
      expect(has(words)).toEqual([words, true]);
    }
  });

  it('serves the reports it links to, and no other file', async () => {
    const page = (await get('/reports/prices/prices-0002/index.html')).text;
    expect(/<h1>(.*)<\/h1>/.exec(page)?.[1]).toBe('Retraining prices-0002');
    expect(JSON.parse((await get('/reports/prices/prices-0002/report.json')).text)).toMatchObject({ model: 'prices' });
    await writeFile(join(model.home, 'reports', 'prices', 'index.html'), 'not a report');
    for (const path of [
      '/reports/prices/prices-0002/evidence.json',
      '/reports/prices/prices-0009/index.html',
      '/reports/prices/..%2f..%2fledger/index.html',
      '/reports/prices/%2e%2e/index.html',
      '/reports/..%2fledger/prices/index.html',
      '/reports/prices/prices-0002/..%2f..%2f..%2fledger%2fprices.ndjson',
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
  });

  it('lets nothing run in a report, and nothing inline on its own page but the one style sheet', async () => {
    const policyOf = async (path: string) => (await get(path)).headers.get('content-security-policy');
    expect(await policyOf('/reports/prices/prices-0002/index.html')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'/,
    );
    const { text } = await get('/');
    const [whole = '', style = ''] = /<style>([^]*?)<\/style>/.exec(text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(await policyOf('/')).toContain(`default-src 'self'; style-src 'sha256-${hash}'; img-src 'self' data:`);
    expect(/<style|style="|\son\w+="|<script>/.exec(text.replace(whole, ''))).toBeNull();
  });
});

describe.skipIf(chromiumPath === undefined)(`the dashboard ${inBrowser}`, { timeout: slow }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, slow);
  afterAll(() => browser.close());

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url());
    });
    await page.goto(url);
    return { page, complaints };
  }

  it('fits a phone and a desk in both colour schemes, breaks no policy, and asks nobody else', async () => {
    for (const viewport of [phone, desk]) {
      for (const colorScheme of schemes) {
        const { page, complaints } = await open({ viewport, colorScheme });
        const flaws = await findFlaws(page);
        expect(flaws).toMatchObject({ overflow: 0, picturesWithoutName: 0 });
        expect(flaws.headings).toEqual(['H1 Incumbent', 'H2 prices']);
        expect(flaws.leastContrast).toBeGreaterThan(4.5);
        expect(complaints).toEqual([]);
        await page.close();
      }
    }
  });

  it('updates itself, tells what a person must do with the command that does it, and keeps focus, scroll and what is open', async () => {
    const { page } = await open({ viewport: phone });
    const link = page.locator('#prices-timeline a').first();
    await link.focus();
    const scrolled = await page.evaluate('scrollY');
    const reason = 'its holdout was too small <b>to tell</b>';
    await model.stand({
      aliases: { champion: '4', previous: '2', challenger: null },
      stage: { name: 'awaiting-approval', decisionId: 'd', subject: 'challenger', version: '5', reason, deadlineMs: 1 },
    });
    await page.locator('.asks').waitFor({ timeout: 120_000 });
    expect(await page.locator('.asks').textContent()).toContain(`Promote version 5?${reason}`);
    expect(await page.locator('.asks code').allTextContents()).toEqual([
      'incumbent approve prices --reason "why"',
      'incumbent reject prices --reason "why"',
    ]);
    expect(await page.evaluate("document.activeElement === document.querySelector('#prices-timeline a')")).toBe(true);
    expect(await page.evaluate('scrollY')).not.toBe(0);
    expect(Math.abs(Number(await page.evaluate('scrollY')) - Number(scrolled))).toBeLessThan(400);
    await page.close();
  });

  it('can be read with the keyboard alone, down to a report and back', async () => {
    const { page } = await open({ viewport: desk });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the models');
    await page.keyboard.press('Enter');
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      if (String(await page.evaluate('document.activeElement.href ?? ""')).includes('/reports/')) break;
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/reports\/prices\//);
    expect(await page.locator('h1').textContent()).toMatch(/^(Probation|Retraining) prices-0002$/);
    await page.goBack();
    expect(page.url()).toBe(`${url}/#boards`);
    await page.close();
  });

  it('moves nothing for those who want no motion', async () => {
    const animationOf = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page } = await open({ reducedMotion });
      await page.evaluate("document.querySelector('[data-part]').classList.add('changed')");
      const name = await page.evaluate("getComputedStyle(document.querySelector('[data-part]')).animationName");
      await page.close();
      return name;
    };
    expect([await animationOf('reduce'), await animationOf('no-preference')]).toEqual(['none', 'changed']);
  });
});
