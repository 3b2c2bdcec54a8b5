import { join } from 'node:path';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { loadModel } from '../../adapters/runtime/load-model.ts';
import { readLabelledRows } from '../../adapters/data/read-labelled-rows.ts';
import { sliceTable } from '../../domain/snapshot/tables.ts';
import type { Stack } from '../start/stack.ts';
import { forceBadModel, type Forced } from './bad-model.ts';
import type { Display } from './display.ts';
import { followLife, type Life } from './life.ts';
import { watchMemory } from './memory.ts';
import { measureQuality } from './quality.ts';
import { createFeed, weekRows } from './feed.ts';
import { type DemoSummary, totalsOf } from './summary.ts';

/** From here on a bad model is forced through as soon as the model is at rest. */
const forceAfterShare = 0.8;

/** Lets the rest of the data pass through the real service, week by week, and tells what became of it. */
export async function playHistory(
  stack: Stack,
  home: string,
  firstRows: number,
  display: Display,
): Promise<DemoSummary> {
  const startedAt = Date.now();
  const memory = watchMemory();
  const { schema, rows } = await readLabelledRows({ ...stack.project, data: { ...stack.project.data, take: null } });
  const life = followLife(stack, display);
  const firstChampion = await untilFirstChampion(life);
  const feed = createFeed(stack, schema, rows, firstRows);
  let forced: Forced | null = null;
  for (let week = 1; !feed.isOver(); week += 1) {
    await feed.sendWeek();
    const status = await life.look(week);
    display.progress(feed.sent(), feed.total, `week ${week}, version ${status.aliases.champion} ${status.stage.name}`);
    const isTime = forced === null && feed.sent() > forceAfterShare * feed.total && status.stage.name === 'serving';
    if (isTime) forced = await forceBadModel(stack, home, schema, rows, firstRows + feed.sent(), life, week);
  }
  await feed.sendLastLabels();
  const end = await life.look(Math.ceil(feed.total / weekRows));
  return {
    model: stack.project.name,
    served: measureQuality(feed.probabilities(), feed.labels()),
    firstChampion: measureQuality(await scoreFirstChampion(stack, home, firstChampion, rows, firstRows), feed.labels()),
    sameAsLastKnown: measureQuality(feed.lastKnownLabels(), feed.labels()),
    ...totalsOf(end),
    forced: forced === null ? null : await forced.fate(),
    seconds: Math.round((Date.now() - startedAt) / 1000),
    peakMemoryMb: memory.peakMb(),
    webUi: stack.uiUrl,
  };
}

async function untilFirstChampion(life: Life): Promise<string> {
  const status = await life.untilQuiet(0);
  if (status.aliases.champion === null) throw new Error(`no first champion: ${status.attention ?? 'no reason given'}`);
  return status.aliases.champion;
}

/** What the first champion would have said to every row, had nobody ever retrained. */
async function scoreFirstChampion(
  { project }: Stack,
  home: string,
  version: string,
  rows: Awaited<ReturnType<typeof readLabelledRows>>['rows'],
  firstRows: number,
): Promise<readonly number[]> {
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  const model = await loadModel(await registry.fetchPackage(project.name, version));
  const { values } = await model.predict(sliceTable(rows.table, { from: firstRows, to: rows.table.rowCount }));
  model.dispose();
  return Array.from(values);
}
