import type { DatasetInput, MetricPoint, RunStatus, TrackedRun } from '../ports/tracking.ts';

/** JSON has no NaN and no infinities: they are written as words. */
export type StoredPoint = Omit<MetricPoint, 'value'> & { readonly value: number | 'NaN' | 'Infinity' | '-Infinity' };

/** One line of a run's journal. */
export type RunEvent =
  | {
      readonly type: 'begin';
      readonly name: string;
      readonly startedAtMs: number;
      readonly tags: Readonly<Record<string, string>>;
    }
  | { readonly type: 'params'; readonly params: Readonly<Record<string, string>> }
  | { readonly type: 'metrics'; readonly points: readonly StoredPoint[] }
  | { readonly type: 'inputs'; readonly inputs: readonly DatasetInput[] }
  | { readonly type: 'artifact'; readonly path: string; readonly sha256: string }
  | { readonly type: 'tags'; readonly tags: Readonly<Record<string, string>> }
  | { readonly type: 'end'; readonly status: Exclude<RunStatus, 'running'>; readonly atMs: number };

export function toStored(point: MetricPoint): StoredPoint {
  return { ...point, value: Number.isFinite(point.value) ? point.value : (String(point.value) as 'NaN') };
}

export function fromStored(point: StoredPoint): MetricPoint {
  return { ...point, value: Number(point.value) };
}

/** What a run's journal adds up to; null where it never began. */
export function foldRun(events: readonly RunEvent[]): TrackedRun | null {
  const begun = events.find((event) => event.type === 'begin');
  if (begun === undefined) return null;
  const end = events.findLast((event) => event.type === 'end');
  const inputs = events.flatMap((event) => (event.type === 'inputs' ? event.inputs : []));
  const artifacts = events.flatMap((event) => (event.type === 'artifact' ? [event.path] : []));
  return {
    name: begun.name,
    status: end?.status ?? 'running',
    startedAtMs: begun.startedAtMs,
    endedAtMs: end?.atMs ?? null,
    tags: Object.assign({ ...begun.tags }, ...events.map((event) => (event.type === 'tags' ? event.tags : {}))),
    params: Object.assign({}, ...events.map((event) => (event.type === 'params' ? event.params : {}))),
    metrics: foldMetrics(events),
    inputs: [...new Map(inputs.map((input) => [`${input.digest} ${input.context}`, input])).values()],
    artifacts: [...new Set(artifacts)].sort(),
    url: null,
  };
}

function foldMetrics(events: readonly RunEvent[]): readonly MetricPoint[] {
  const points = events.flatMap((event) => (event.type === 'metrics' ? event.points : []));
  const distinct = new Map(points.map((point) => [`${point.step} ${point.atMs} ${point.value} ${point.name}`, point]));
  return [...distinct.values()].map(fromStored).sort(byNameStepTime);
}

export function byNameStepTime(a: MetricPoint, b: MetricPoint): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.step - b.step || a.atMs - b.atMs;
}
