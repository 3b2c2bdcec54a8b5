import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { chromium } from 'playwright-core';
import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import { openReports } from '../../adapters/report/file-reports.ts';
import type { Reports } from '../../adapters/ports/reports.ts';
import { defaultPolicy } from '../../config/defaults.ts';
import { homeAt } from '../../config/home.ts';
import { mostObservations } from '../../domain/dashboard/observation.ts';
import { standingOf } from '../../domain/lifecycle/standing.ts';
import { initialState } from '../../domain/lifecycle/state.ts';
import { initialProbation } from '../../domain/probation/state.ts';
import { defaultProbationPolicy } from '../../domain/probation/policy.ts';
import { judgeProbation } from '../../domain/probation/judge.ts';
import { beginTrace, tracePairs } from '../../domain/probation/trace.ts';
import { createRng } from '../../domain/math/rng.ts';
import { browserPath } from '../../scripts/setup/browser.mjs';
import { registerDashboard } from '../../serving/dashboard/routes.ts';
import type { ServedModels } from '../../serving/slots/served-models.ts';
import { startClock } from '../clock.ts';
import { median } from '../report.ts';
import type { Task } from '../task.ts';

const model = 'bench';
const features = 20;

/** Rejects nothing: the first paint of the page that is open, in ms since it was asked for. */
const firstPaint = `new Promise((done) =>
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName('first-contentful-paint');
    if (entry) done(entry.startTime);
  }).observe({ type: 'paint', buffered: true }),
)`;
const visits = 5;

/**
 * From the request of a browser to its first paint, loopback, warm; `/` is the page with as much on it as there ever is, `/empty` one
 * with a word on it. `changing`: a decision is taken before each visit, so that the plots are drawn anew. CPU is that of the service.
 */
export const dashboard: Task = async (path = '/', isChanging = '') => {
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  const reports = await fillHome(directory);
  const app = fastify();
  await registerDashboard(app, homeAt(directory), onlyModel());
  app.get('/empty', (_request, reply) => reply.type('text/html').send('<!doctype html><title>empty</title><p>word'));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await chromium.launch({ executablePath: browserPath() ?? '', args: ['--no-sandbox'] });
  const paints: number[] = [];
  let cpuSeconds = 0;
  // The first visit compiles what later ones find compiled.
  for (let visit = 0; visit <= visits; visit += 1) {
    const page = await browser.newPage();
    const stop = startClock();
    await page.goto(`${url}${path}`);
    const paint = Number(await page.evaluate(firstPaint));
    if (visit > 0) {
      paints.push(paint);
      cpuSeconds += stop().cpuSeconds / visits;
    }
    await page.close();
    if (isChanging === 'changing')
      await reports.noteStanding(model, standingOf(initialState(model, defaultPolicy), visit + 1));
  }
  await browser.close();
  await app.close();
  await rm(directory, { recursive: true, force: true });
  return { seconds: median(paints) / 1_000, cpuSeconds };
};

function onlyModel(): ServedModels {
  const slots = {
    model,
    current: () => ({ champion: null, previous: null, challenger: null }),
    problem: () => null,
  };
  return { list: () => [slots] } as unknown as ServedModels;
}

async function fillHome(directory: string): Promise<Reports> {
  const home = homeAt(directory);
  const reports = openReports({ directory: home.reports, temporalUi: null });
  const random = createRng(1);
  for (let look = 1; look <= mostObservations; look += 1) {
    await reports.noteObservation(model, {
      atMs: look,
      rows: look * 500,
      labels: look * 490,
      champion: String(1 + Math.floor(look / 100)),
      losses: { count: 490, mean: random() },
      promised: 0.3,
      drift: Array.from({ length: features }, (_, index) => ({
        feature: `feature ${index}`,
        size: random(),
        outcome: random() < 0.2 ? ('fail' as const) : ('pass' as const),
      })),
    });
  }
  await fillLedger(home.ledger);
  const state = initialProbation(defaultProbationPolicy, 'binary');
  const pairs = Array.from({ length: 2_000 }, () => ({
    newLoss: Number(random() < 0.3),
    oldLoss: Number(random() < 0.3),
  }));
  const seen = tracePairs(state, pairs, beginTrace(state));
  const evidence = { kind: 'probation', lookedAtMs: 0, champion: '2', previous: '1', ...seen } as const;
  const ref = { kind: 'probation', id: 'bench-0001-probation' } as const;
  await reports.keepEvidence(model, ref, { ...evidence, verdict: judgeProbation(seen.state) });
  return reports;
}

async function fillLedger(directory: string): Promise<void> {
  const ledger = await openLedger({ directory });
  const after = { champion: '2', previous: '1', challenger: null };
  const plan = { kind: 'promotion', decisionId: 'bench-0001', before: after, after, reason: 'better', by: 'policy' };
  for (let entry = 0; entry < 300; entry += 1) {
    const summary = 'challenger is better: accuracy .812 against .781, difference +3.1 points '.repeat(3);
    await ledger.append(model, { id: `bench-${entry}/gate`, kind: 'gate: pass', atMs: entry, summary, evidence: null });
  }
  await ledger.append(model, { id: 'bench-0001/done', kind: 'promotion', atMs: 999, summary: 'done', evidence: plan });
}
