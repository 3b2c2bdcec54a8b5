import type { Labelling, MonitorObservation } from '../domain/dashboard/observation.ts';
import type { DriftReport } from '../domain/drift/judge.ts';
import type { DriftReference } from '../domain/monitoring/reference.ts';
import { labelWatermarkMs, type LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import type { PolicyClock } from '../domain/policy.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

interface Watched {
  readonly model: string;
  readonly version: string;
  readonly reference: DriftReference;
}

interface Seen {
  readonly losses: MonitorObservation['losses'];
  readonly drift: DriftReport | null;
  readonly arrivals: LabelArrivals | null;
}

/** Notes what a look saw, for the dashboard, where it saw anything. A look never fails for it. */
export async function noteObservation(
  { reports }: Dependencies,
  { model, version, reference }: Watched,
  clock: PolicyClock,
  { losses, drift, arrivals }: Seen,
): Promise<void> {
  if (reports === null || (losses === null && drift === null && arrivals === null)) return;
  const observation: MonitorObservation = {
    atMs: Date.now(),
    rows: clock.rows,
    labels: clock.labels,
    champion: version,
    losses,
    promised: reference.holdout?.upperBound ?? null,
    drift: listFeatures(drift),
    labelling: arrivals === null ? null : describeArrivals(arrivals),
  };
  try {
    await reports.noteObservation(model, observation);
  } catch (error) {
    currentScope().warn('what the monitor saw could not be noted for the dashboard', { model, error });
  }
}

function describeArrivals(arrivals: LabelArrivals): Labelling {
  const { coverage, medianMs, p95Ms, matureAgeMs, rows } = arrivals;
  return { rows, coverage, medianMs, p95Ms, matureAgeMs, watermarkMs: labelWatermarkMs(arrivals) };
}

/** The checks of features are named `drift:<feature>`. */
function listFeatures(report: DriftReport | null): MonitorObservation['drift'] {
  return (report?.verdict.checks ?? []).map(({ name, effectSize = 0, outcome }) => ({
    feature: name.replace(/^drift:/, ''),
    size: effectSize,
    outcome,
  }));
}
