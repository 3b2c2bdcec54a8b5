import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { slotOrder } from '../slots/followed-aliases.ts';
import type { ModelSlots } from '../slots/model-slots.ts';
import { addGauge } from './gauge.ts';
import { registerHistogram, type Labels, type Series } from './histogram.ts';
import type { LoadGate } from './load-gate.ts';
import type { MonitorFacts } from './monitor-facts.ts';

/** What is counted on the way; all else is looked up when somebody asks. */
export interface Metrics {
  readonly registry: Registry;
  /** A request has been answered, or given up by its client. */
  requestEnded(route: string, model: string, status: number, seconds: number): void;
  requestShed(reason: 'full' | 'late'): void;
  logFlushed(seconds: number, records: number): void;
}

/** Where a running service is looked at. */
export interface ServiceView {
  readonly listModels: () => readonly ModelSlots[];
  readonly gate: Pick<LoadGate, 'inFlight' | 'delayMs'>;
  readonly isDraining: () => boolean;
}

const requestBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const flushBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** @param isProcess also memory, processor time, garbage collections and the event loop of this process */
export function createMetrics(isProcess = false): Metrics {
  const registry = new Registry();
  if (isProcess) collectDefaultMetrics({ register: registry });
  const requests = registerHistogram(registry, {
    name: 'incumbent_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by route, model and status',
    bounds: requestBounds,
  });
  const flushes = registerHistogram(registry, {
    name: 'incumbent_log_flush_duration_seconds',
    help: 'Time to write one group of records to the prediction log, as durably as is set',
    bounds: flushBounds,
  }).series({});
  const records = new Counter({
    name: 'incumbent_log_records_total',
    help: 'Records written to the prediction log: predictions, labels, contradictions',
    registers: [registry],
  });
  const shed = new Counter({
    name: 'incumbent_requests_shed_total',
    help: 'Requests turned away unread, because too many were at work (full) or the event loop was late',
    labelNames: ['reason'],
    registers: [registry],
  });
  const seriesOf = createSeriesFinder((route, model, status) =>
    requests.series({ route, model, status: String(status) }),
  );
  return {
    registry,
    requestEnded: (route, model, status, seconds) => seriesOf(route, model, status).observe(seconds),
    requestShed: (reason) => shed.inc({ reason }),
    logFlushed(seconds, count) {
      flushes.observe(seconds);
      records.inc(count);
    },
  };
}

/** Three look-ups rather than one text to be put together per request. */
function createSeriesFinder(
  create: (route: string, model: string, status: number) => Series,
): (route: string, model: string, status: number) => Series {
  const routes = new Map<string, Map<string, Map<number, Series>>>();
  return (route, model, status) => {
    const models = routes.get(route) ?? new Map<string, Map<number, Series>>();
    if (models.size === 0) routes.set(route, models);
    const statuses = models.get(model) ?? new Map<number, Series>();
    if (statuses.size === 0) models.set(model, statuses);
    const series = statuses.get(status) ?? create(route, model, status);
    if (!statuses.has(status)) statuses.set(status, series);
    return series;
  };
}

/** Adds what is looked up in a running service whenever somebody asks. */
export function watchService({ registry }: Metrics, { listModels, gate, isDraining }: ServiceView): void {
  const inFlight = (set: (value: number) => void): void => set(gate.inFlight());
  addGauge(registry, 'incumbent_requests_in_flight', 'Requests that are worked on', inFlight, 'sum');
  addGauge(registry, 'incumbent_event_loop_delay_seconds', 'Smoothed delay that back-pressure goes by', (set) =>
    set(gate.delayMs() / 1_000),
  );
  addGauge(registry, 'incumbent_draining', '1 while the service finishes its work to stop', (set) =>
    set(Number(isDraining())),
  );
  addGauge(registry, 'incumbent_version_info', '1 for each version in memory, by its role', (set) => {
    for (const slots of listModels()) {
      const { model } = slots;
      for (const role of slotOrder) {
        const version = slots.current()[role]?.version;
        if (version !== undefined) set(1, { model, role, version });
      }
    }
  });
  addGauge(registry, 'incumbent_model_problem', '1 where a model is not served as the registry says', (set) => {
    for (const slots of listModels()) set(Number(slots.problem() !== null), { model: slots.model });
  });
}

type AddMonitorGauge = (
  name: string,
  help: string,
  use: (set: (value: number, labels?: Labels) => void, model: string, facts: MonitorFacts) => void,
) => void;

/** How labels arrive, where that can be told. */
function watchLabelling(add: AddMonitorGauge): void {
  add('incumbent_label_coverage', 'Share of the predictions that get a label at all', (set, model, facts) => {
    const { labelling = null } = facts.observation ?? {};
    if (labelling !== null) set(labelling.coverage, { model });
  });
  add(
    'incumbent_label_delay_seconds',
    'Time until so many of the labels that ever come have come',
    (set, model, facts) => {
      const { labelling = null } = facts.observation ?? {};
      if (labelling === null) return;
      set(labelling.medianMs / 1_000, { model, quantile: '0.5' });
      set(labelling.p95Ms / 1_000, { model, quantile: '0.95' });
    },
  );
  add('incumbent_label_mature_age_seconds', 'Age from which on outcomes are judged', (set, model, facts) => {
    const { labelling = null } = facts.observation ?? {};
    if (labelling !== null) set(labelling.matureAgeMs / 1_000, { model });
  });
  const help = 'Event time before which predictions are expected to have their labels';
  add('incumbent_label_event_watermark_timestamp_seconds', help, (set, model, facts) => {
    const { labelling = null } = facts.observation ?? {};
    if (labelling !== null) set(labelling.watermarkMs / 1_000, { model });
  });
}

/** Adds what monitors saw, by model; a model whose files can't be read has no lines until they can. */
export function watchMonitors(
  { registry }: Metrics,
  listModels: ServiceView['listModels'],
  read: (model: string) => Promise<MonitorFacts>,
): void {
  const add: AddMonitorGauge = (name, help, use) =>
    addGauge(registry, name, help, async (set) => {
      for (const { model } of listModels()) {
        const facts = await read(model).catch(() => null);
        if (facts !== null) use(set, model, facts);
      }
    });
  add('incumbent_drift_size', 'Debiased PSI of a feature at the newest full window', (set, model, { observation }) => {
    for (const { feature, size } of observation?.drift ?? []) set(size, { model, feature });
  });
  add(
    'incumbent_drift_found',
    '1 for a feature that has drifted: significantly, and far enough',
    (set, model, facts) => {
      for (const { feature, outcome } of facts.observation?.drift ?? [])
        set(Number(outcome === 'fail'), { model, feature });
    },
  );
  add('incumbent_live_loss', 'Mean loss of the outcomes that were new at the newest look', (set, model, facts) => {
    const losses = facts.observation?.losses ?? null;
    if (losses !== null) set(losses.mean, { model });
  });
  add('incumbent_labels', 'Labels that the monitor has seen', (set, model, { observation }) => {
    if (observation !== null) set(observation.labels, { model });
  });
  add(
    'incumbent_label_watermark_timestamp_seconds',
    'Predictions served before this were judged by their labels',
    (set, model, facts) => {
      if (facts.watermarkMs !== null) set(facts.watermarkMs / 1_000, { model });
    },
  );
  watchLabelling(add);
  add('incumbent_monitor_look_timestamp_seconds', 'When the monitor looked last', (set, model, { observation }) => {
    if (observation !== null) set(observation.atMs / 1_000, { model });
  });
}
