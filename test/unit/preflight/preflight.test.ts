import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readLabelledRows } from '../../../adapters/data/read-labelled-rows.ts';
import { defaultPolicy } from '../../../config/defaults.ts';
import { loadProject } from '../../../config/load-project.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { worstLevel, type Finding } from '../../../domain/preflight/finding.ts';
import type { History } from '../../../domain/preflight/history.ts';
import { runPreflight } from '../../../domain/preflight/preflight.ts';
import type { Policy } from '../../../domain/project.ts';
import type { FeatureType } from '../../../domain/table.ts';

const hourMs = 3_600_000;

interface Made {
  readonly rows?: number;
  readonly classes?: readonly string[];
  /** The label, from two features that tell it and noise. */
  readonly label?: (good: number, weak: number, noise: number) => number;
  readonly more?: Readonly<Record<string, (label: number, row: number, good: number) => number>>;
  readonly types?: Readonly<Record<string, FeatureType>>;
  readonly timed?: boolean;
  readonly delayMs?: (label: number) => number;
}

/** Rows with a feature that tells the label, one that tells a little, and one that tells nothing. */
function makeHistory({
  rows = 6_000,
  classes = ['no', 'yes'],
  label = (good, weak, noise) => Number(good + 0.3 * weak + noise > 0),
  more = {},
  types = {},
  timed = false,
  delayMs = () => hourMs,
}: Made = {}): History {
  const random = createRng(9);
  const normal = (): number => normalQuantile((Math.floor(random() * 2 ** 20) + 0.5) / 2 ** 20);
  const draw = () => Float64Array.from({ length: rows }, normal);
  const [good, weak, idle, noise] = [draw(), draw(), draw(), draw()];
  const labels = good.map((value, row) => label(value, weak[row]!, noise[row]!));
  const added = Object.entries(more).map(
    ([name, make]) => [name, labels.map((one, row) => make(one, row, good[row]!))] as const,
  );
  const columns = Object.fromEntries(
    [['good', good] as const, ['weak', weak] as const, ['idle', idle] as const, ...added].map(([name, values]) => [
      name,
      { kind: 'numeric' as const, values },
    ]),
  );
  const features = Object.keys(columns).map((name) => ({ name, type: types[name] ?? ('numeric' as const) }));
  const eventMs = timed ? Float64Array.from({ length: rows }, (_, row) => row * hourMs) : null;
  return {
    schema: { features, label: 'y', classes },
    table: { rowCount: rows, columns },
    labels,
    eventMs,
    labelMs: eventMs?.map((ms, row) => ms + delayMs(labels[row]!)) ?? null,
  };
}

type PolicyChanges = { readonly [P in keyof Policy]?: Partial<Policy[P]> };

function check(history: History, changes: PolicyChanges = {}): readonly Finding[] {
  const parts = Object.entries(changes).map(([part, fields]) => [
    part,
    { ...defaultPolicy[part as keyof Policy], ...fields },
  ]);
  return runPreflight(history, { ...defaultPolicy, ...(Object.fromEntries(parts) as Partial<Policy>) }, () => {});
}

const find = (findings: readonly Finding[], name: string): Finding | undefined =>
  findings.find((finding) => finding.name === name);

describe('preflight', () => {
  it('finds nothing to mend in good data, and says the same twice', () => {
    const history = makeHistory();
    const findings = check(history);
    expect(worstLevel(findings)).not.toBe('fail');
    expect(check(history)).toEqual(findings);
    expect(find(findings, 'rows')?.figures).toMatchObject({ rows: 6_000, holdoutRows: 1_200 });
    expect(find(findings, 'leaks')?.level).toBe('ok');
    expect(find(findings, 'policy')?.level).toBe('ok');
    expect(find(findings, 'dependence')?.text).toMatch(/do not depend on each other/);
    for (const { figures } of findings)
      expect(Object.values(figures).every((figure) => Number.isFinite(figure))).toBe(true);
  });

  it('names features that earn nothing, and what the others earn', () => {
    const features = find(check(makeHistory({ rows: 15_000 })), 'features');
    expect(features).toMatchObject({
      level: 'warn',
      text: expect.stringMatching(/^1 of 3 earns nothing: "idle" .* most by "good"/) as string,
    });
    const { good = 0, weak = 0, idle = 1 } = features?.figures ?? {};
    expect(good).toBeGreaterThan(weak);
    expect(weak).toBeGreaterThan(idle);
  });

  it('warns that twins are idle one at a time only', () => {
    const twins = makeHistory({ more: { twin: (_, __, good) => good } });
    const features = find(check(twins), 'features');
    expect(features?.text).toMatch(/"good".*"twin"/);
    expect(features?.advice).toMatch(/some say the same/);
  });

  it('fails for a feature that knows the label, and warns of one on which nearly everything hangs', () => {
    const leaking = check(makeHistory({ more: { leak: (label) => 3 * label + 1 } }));
    expect(find(leaking, 'leak:leak')).toMatchObject({
      level: 'fail',
      advice: expect.stringContaining('exclude') as string,
    });
    const random = createRng(2);
    const nearly = check(
      makeHistory({
        label: (good, _, noise) => Number(0.2 * good + noise > 0),
        more: { near: (label) => (random() < 0.06 ? 1 - label : label) },
      }),
    );
    expect(find(nearly, 'leak:near')).toMatchObject({
      level: 'warn',
      text: expect.stringMatching(/^without "near" \d+% of what the model knows is gone/) as string,
    });
  });

  it('does the same for a regression and for several classes', () => {
    const regression = makeHistory({ classes: [], label: (good, weak, noise) => 10 * good + weak + 4 * noise });
    expect(find(check(regression), 'features')?.text).toMatch(/"idle"/);
    expect(find(check(regression), 'skill')?.figures['explainedShare']).toBeGreaterThan(0.7);
    const three = makeHistory({
      classes: ['a', 'b', 'c'],
      label: (good, _, noise) => (good + noise < -0.7 ? 0 : good + noise < 0.7 ? 1 : 2),
    });
    expect(worstLevel(check(three))).not.toBe('fail');
    expect(find(check(three), 'skill')?.level).toBe('ok');
  });

  it('says when features tell nothing at all', () => {
    const noise = makeHistory({ label: (_, __, one) => Number(one > 0) });
    expect(find(check(noise), 'skill')).toMatchObject({ level: 'warn' });
  });

  it('fails for too few rows, and for a class without rows to learn from', () => {
    expect(find(check(makeHistory({ rows: 250 })), 'rows')).toMatchObject({ level: 'fail' });
    const rare = makeHistory({ label: (good, _, noise) => Number(good + noise > 4.4) });
    expect(find(check(rare), 'labels')).toMatchObject({ level: 'fail' });
    const scarce = makeHistory({ label: (good, _, noise) => Number(good + noise > 3.6) });
    expect(find(check(scarce), 'labels')).toMatchObject({ level: 'warn' });
  });

  it('tells what gate, monitor and probation will see, in days where there is time', () => {
    const timed = check(makeHistory({ timed: true }));
    expect(find(timed, 'gate')?.text).toMatch(/1,000 labels \(\d+ days\) of fresh rows give a holdout of 400/);
    expect(find(timed, 'gate')?.figures).toMatchObject({ holdoutRows: 400 });
    expect(find(timed, 'probation')?.figures['smallestHarm']).toBeGreaterThan(0);
    expect(find(timed, 'monitor')?.figures['quietLabels']).toBe(6_000);
    const plenty = check(makeHistory(), { retrain: { minFreshLabels: 200_000 } });
    expect(find(plenty, 'gate')?.level).toBe('ok');
  });

  it('tells how late labels come, and whom that hurts', () => {
    const late = check(makeHistory({ timed: true, delayMs: (label) => (label === 1 ? 400 : 100) * hourMs }));
    expect(find(late, 'label-delay')).toMatchObject({
      level: 'ok',
      figures: { medianDays: expect.any(Number) as number },
    });
    expect(find(late, 'label-order')?.text).toMatch(/"yes" take 17 days, "no" 4\.2 days/);
    const later = check(makeHistory({ timed: true, delayMs: () => 5_000 * hourMs }));
    expect(find(later, 'label-delay')).toMatchObject({
      level: 'warn',
      advice: 'raise monitor.labelDelayRows to 5,001',
    });
    const early = check(makeHistory({ timed: true, delayMs: () => -hourMs }));
    expect(find(early, 'label-early')?.text).toMatch(/100% of the labels are known before their rows/);
    const never = check(makeHistory({ timed: true, delayMs: () => Number.NaN }));
    expect(find(never, 'label-delay')).toMatchObject({ level: 'warn' });
  });

  it.each<[string, PolicyChanges, Finding['level']]>([
    ['policy:retrain.cooldown', { retrain: { cooldown: { eventMs: hourMs } } }, 'fail'],
    ['policy:retrain.cooldown', { retrain: { cooldown: { labels: 50_000 } } }, 'warn'],
    ['policy:retrain.budget', { retrain: { budget: { trainings: 2, per: { labels: 50_000 } } } }, 'warn'],
    ['policy:retrain.every', { retrain: { every: { labels: 100 } } }, 'warn'],
    ['policy:monitor.windowRows', { monitor: { windowRows: 100 } }, 'fail'],
    ['policy:monitor.windowRows', { monitor: { windowRows: 10_000 } }, 'warn'],
    ['policy:snapshot.recentRows', { snapshot: { recentRows: 300_000 } }, 'warn'],
    ['policy:gate.minRows', { gate: { minRows: 1_100 } }, 'fail'],
    ['policy:probation.minLabels', { probation: { minLabels: 9_000 } }, 'fail'],
    ['policy:probation.horizonLabels', { retrain: { cooldown: { labels: 500 } } }, 'warn'],
    ['policy:probation.blockLabels', { probation: { blockLabels: 1_000 } }, 'warn'],
  ])('notes %s of %j', (name, changes, level) => {
    expect(find(check(makeHistory({ rows: 4_500 }), changes), name)).toMatchObject({ level });
  });
});

describe('preflight of the examples', () => {
  it('catches the delay of arrival among the flights, and lets the rest pass', async () => {
    const directory = fileURLToPath(new URL('../../../examples/flights', import.meta.url));
    const project = await loadProject(directory, { take: 15_000 });
    const levelOf = async (exclude: readonly string[]): Promise<readonly Finding[]> => {
      const { schema, rows, eventMs, labelMs } = await readLabelledRows({ ...project, exclude });
      const history = { schema, table: rows.table, labels: rows.labels, eventMs, labelMs };
      return runPreflight(history, project.policy, () => {}).filter(({ name }) => name.startsWith('leak'));
    };
    expect(await levelOf(project.exclude)).toMatchObject([{ name: 'leaks', level: 'ok' }]);
    expect(await levelOf([])).toMatchObject([{ name: 'leak:arr_delay', level: 'fail' }]);
  });
});
