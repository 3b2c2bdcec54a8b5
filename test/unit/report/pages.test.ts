import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseHTML } from 'linkedom';
import { tmpdir } from 'node:os';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordDecision } from '../../../activities/record-decision.ts';
import { standingOf } from '../../../domain/lifecycle/standing.ts';
import { initialState } from '../../../domain/lifecycle/state.ts';
import type { Report, RetrainingReport } from '../../../domain/report/report.ts';
import { chromiumPath, desk, findFlaws, inBrowser, launchBrowser, phone, schemes } from '../../support/browser.ts';
import { testPolicy } from '../../support/policy.ts';
import { beginModel, type DecidedModel } from '../../support/decided-model.ts';

const standing = standingOf(initialState('prices', testPolicy), 1);
/** Two trainings, or twenty pages in a browser, on a machine that does other things as well. */
const slow = 240_000;
let model: DecidedModel;
const run = { model: 'prices', decisionId: 'prices-0002', candidateId: null };
let paths: Readonly<Record<'first' | 'second' | 'probation' | 'rollback', string>>;

beforeAll(async () => {
  model = await beginModel(await mkdtemp(join(tmpdir(), 'incumbent-reports-')));
  const first = await model.retrain('prices-0001');
  await model.promote('prices-0001', first.result.version!);
  await model.serve(1_500, { champion: first.result.version!, previous: '0', isGood: false });
  await model.deps.tracking.begin({ run, name: 'second retraining', startedAtMs: 0, tags: {} });
  const second = await model.retrain('prices-0002');
  const promotion = await model.promote('prices-0002', second.result.version!);
  await model.serve(1_000, { champion: second.result.version!, previous: first.result.version!, isGood: false });
  const probation = await model.watch(promotion);
  const rollback = await model.rollBack(promotion);
  paths = { first: first.report!, second: second.report!, probation: probation!, rollback: rollback! };
}, slow);

afterAll(async () => {
  await model.close();
  await rm(model.home, { recursive: true, force: true });
});

const read = (path: string) => readFile(join(model.home, path), 'utf8');
const readReport = async (path: string) => JSON.parse(await read(path.replace('index.html', 'report.json'))) as Report;
const headingsOf = async (path: string) =>
  [...parseHTML(await read(path)).document.querySelectorAll('h2')].map(({ textContent }) => textContent);

describe('the report of a decision', () => {
  it('lies where the ledger says, and asks for nothing else', async () => {
    expect(paths).toEqual({
      first: 'reports/prices/prices-0001/index.html',
      second: 'reports/prices/prices-0002/index.html',
      probation: 'reports/prices/prices-0002-probation/index.html',
      rollback: 'reports/prices/prices-0002-rollback/index.html',
    });
    const noted = (await model.deps.ledger.read('prices')).flatMap(({ id, report }) => (report ? [[id, report]] : []));
    expect(noted).toEqual([
      ['prices-0001/gate', { path: paths.first, problem: null }],
      ['prices-0002/gate', { path: paths.second, problem: null }],
      ['prices-0002/probation', { path: paths.probation, problem: null }],
      ['prices-0002-rollback/done', { path: paths.rollback, problem: null }],
    ]);
    for (const path of Object.values(paths)) {
      const { document } = parseHTML(await read(path));
      expect(document.querySelectorAll('script, link, img, iframe, [src]')).toHaveLength(0);
      expect(document.querySelector('style')?.textContent).not.toMatch(/@import|url\(/);
    }
  });

  it('of a retraining tells all of it', async () => {
    expect(await headingsOf(paths.second)).toEqual([
      'Checks',
      'Champion against challenger',
      'What drifted',
      'What it owes to each feature',
      'Candidates',
      'Data used',
      'Cost',
      'How it came to this',
    ]);
    const report = (await readReport(paths.second)) as RetrainingReport;
    expect(report).toMatchObject({
      format: 1,
      kind: 'retraining',
      outcome: 'pass',
      problem: null,
      candidateId: 'blend',
    });
    expect(report.sentence).toMatch(/^Version 4 passed the gate: blend: challenger is better/);
    const { evidence } = report;
    expect(evidence?.drift?.features[0]).toMatchObject({ feature: 'price', check: { outcome: 'fail' } });
    expect(evidence?.importances?.features.map(({ feature }) => feature)).toContain('load');
    expect(evidence?.candidates.map(({ id, curve }) => [id, curve.length > 0])).toEqual([
      ['linear/all', true],
      ['mlp/all', true],
      ['blend', false],
    ]);
    const captions = [...parseHTML(await read(paths.second)).document.querySelectorAll('figcaption')];
    const own = evidence?.members.filter(({ isOfThisRun }) => isOfThisRun) ?? [];
    expect(own.length).toBeGreaterThan(0);
    expect(
      captions.flatMap(({ textContent }) => /^(.*) \(\S+% of the blend\)/.exec(textContent ?? '')?.[1] ?? []),
    ).toEqual(own.toSorted((a, b) => b.weight - a.weight).map(({ candidateId }) => candidateId));
    expect(await read(paths.second)).toContain('no training of its own: it learned as its networks did');
    expect(evidence?.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(evidence?.data).toMatchObject({ rows: 3_000, predictions: 1_500, labels: 1_500, holdoutRows: 900 });
    expect(report.links).toContainEqual({
      name: 'Temporal workflow retrain/prices-0002',
      url: 'http://127.0.0.1:8233/namespaces/default/workflows/retrain%2Fprices-0002',
    });
    expect(report.lineage.map(({ kind }) => kind)).toEqual(['signals', 'gate: pass']);
  });

  it('of a first champion goes without one to compare with', async () => {
    expect(await headingsOf(paths.first)).toContain('Challenger');
    expect(await read(paths.first)).toContain('Nothing is known: there is no champion');
  });

  it('of a probation and of a rollback shows the evidence over the labels', async () => {
    for (const path of [paths.probation, paths.rollback]) {
      const report = await readReport(path);
      if (report.kind === 'retraining') throw new Error('the wrong report');
      const { points, thresholds } = report.evidence!.trace;
      expect(points.at(-1)!.logHarm).toBeGreaterThanOrEqual(thresholds.harm);
      expect(await read(path)).toContain('a rollback takes 40');
    }
    expect(await readReport(paths.rollback)).toMatchObject({
      outcome: 'inconclusive',
      quarantine: { version: '4', candidateId: 'blend', lasts: '4,000 labels' },
      plan: { after: { champion: '2' } },
    });
    expect(await read(paths.rollback)).toContain('No replica of the prediction service could be asked');
  });

  it('links to the reports of the decisions before it', async () => {
    const { document } = parseHTML(await read(paths.rollback));
    const links = [...document.querySelectorAll('.lineage a')].map((one) => one.getAttribute('href'));
    expect(links).toEqual(['../prices-0002/index.html', '../prices-0002-probation/index.html']);
  });

  it('is logged to the run of its retraining, and names it', async () => {
    const artifacts = ['probation', 'retraining', 'rollback'].flatMap((kind) => [
      `reports/${kind}.html`,
      `reports/${kind}.json`,
    ]);
    const cards = ['model-card.html', 'model-card.md'];
    expect((await model.deps.tracking.read(run))?.artifacts).toEqual([...cards, ...artifacts]);
    const page = Buffer.from(await model.deps.tracking.readArtifact(run, 'reports/rollback.html')).toString();
    expect(page).toBe(await read(paths.rollback));
    expect((await readReport(paths.second)).links).toContainEqual({ name: 'run second retraining', url: null });
    expect((await readReport(paths.first)).links.map(({ name }) => name)).not.toContain('run');
  });

  it('of a run that was refused or failed says why', async () => {
    const project = { model: 'prices', directory: join(model.home, 'project') };
    const blocked = { outcome: 'blocked', reason: 'too few rows', version: null, candidateId: null, checks: [] };
    const path = await recordDecision(model.deps, {
      project,
      standing,
      record: { id: 'prices-0008/gate', kind: 'gate: blocked', atMs: 1, summary: 'too few rows', evidence: blocked },
    });
    expect(await readReport(path!)).toMatchObject({ sentence: 'Nothing was trained: too few rows.', problem: null });
    const failed = await recordDecision(model.deps, {
      project,
      standing,
      record: { id: 'prices-0009/failed', kind: 'retraining failed', atMs: 1, summary: 'no memory', evidence: null },
    });
    expect(await readReport(failed!)).toMatchObject({ sentence: 'The retraining failed: no memory.', outcome: 'fail' });
  });
});

describe('the card of a version', () => {
  it('lies in its package, also in that of a refit, which stays as it was registered', async () => {
    for (const [version, words] of [
      ['3', 'Verdict of the gate: pass'],
      ['4', 'Trained once more on all 3,000 rows'],
    ] as const) {
      const folder = await model.deps.registry.fetchPackage('prices', version);
      expect(await readFile(join(folder, 'model-card.md'), 'utf8')).toContain(words);
      expect(await readFile(join(folder, 'model-card.html'), 'utf8')).toContain('<h2>Caveats and recommendations</h2>');
    }
  });
});

describe('a report that can’t be made', () => {
  const project = () => ({ model: 'prices', directory: join(model.home, 'project') });
  const gate = { outcome: 'pass', reason: 'better', version: '9', candidateId: 'c', checks: [] };
  const record = (id: string) => ({ id, kind: 'gate: pass', atMs: 1, summary: 'better', evidence: gate });

  it('fails no decision, and the ledger says so', async () => {
    // A file in the place of its folder.
    await mkdir(join(model.home, 'reports', 'prices'), { recursive: true });
    await writeFile(join(model.home, 'reports', 'prices', 'prices-0100'), '');
    expect(
      await recordDecision(model.deps, {
        project: project(),
        standing,
        record: record('prices-0100/gate'),
      }),
    ).toBeNull();
    const entry = (await model.deps.ledger.read('prices')).find(({ id }) => id === 'prices-0100/gate');
    expect(entry?.summary).toBe('better');
    expect(entry?.report).toEqual({ path: null, problem: expect.stringMatching(/^no report: E[A-Z]+/) as string });
  });

  it('is made of what the ledger has where its evidence is lost, and says so', async () => {
    const path = await recordDecision(model.deps, {
      project: project(),
      standing,
      record: record('prices-0101/gate'),
    });
    const page = await read(path!);
    expect(page).toContain('This report is not whole: the evidence could not be kept');
    expect(page).toContain('Version 9 passed the gate: better.');
  });
});

describe.skipIf(chromiumPath === undefined)(`reports ${inBrowser}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, slow);
  afterAll(() => browser.close());

  it(
    'fit a phone and a desk in both colour schemes, name every picture, and ask for nothing',
    { timeout: slow },
    async () => {
      const card = join(await model.deps.registry.fetchPackage('prices', '4'), 'model-card.html');
      for (const path of [...Object.values(paths).map((one) => join(model.home, one)), card]) {
        const url = pathToFileURL(path).href;
        const page = await browser.newPage();
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await page.goto(url);
        await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
        for (const viewport of [phone, desk]) {
          for (const colorScheme of schemes) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme });
            const flaws = await findFlaws(page);
            expect(flaws).toMatchObject({ overflow: 0, picturesWithoutName: 0 });
            expect(flaws.headings[0]).toMatch(/^H1 /);
            expect(flaws.leastContrast).toBeGreaterThan(4.5);
          }
        }
        expect(requests).toEqual([url]);
        await page.close();
      }
    },
  );

  it('print in black on white, also where the screen is dark', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' });
    await page.goto(pathToFileURL(join(model.home, paths.second)).href);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect((await findFlaws(page)).background).toBe('rgb(255, 255, 255)');
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.close();
  });
});
