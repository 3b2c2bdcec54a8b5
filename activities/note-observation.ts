import type { MonitorObservation } from '../domain/dashboard/observation.ts';
import type { DriftReport } from '../domain/drift/judge.ts';
import type { DriftReference } from '../domain/monitoring/reference.ts';
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
}

/** Notes what a look saw, for the dashboard, where it saw anything. A look never fails for it. */
export async function noteObservation(
  { reports }: Dependencies,
  { model, version, reference }: Watched,
  clock: PolicyClock,
  { losses, drift }: Seen,
): Promise<void> {
  if (reports === null || (losses === null && drift === null)) return;
  const observation: MonitorObservation = {
    atMs: Date.now(),
    rows: clock.rows,
    labels: clock.labels,
    champion: version,
    losses,
    promised: reference.holdout?.upperBound ?? null,
    drift: listFeatures(drift),
  };
  try {
    await reports.noteObservation(model, observation);
  } catch (error) {
    currentScope().warn('what the monitor saw could not be noted for the dashboard', { model, error });
  }
}

/** The checks of features are named `drift:<feature>`. */
function listFeatures(report: DriftReport | null): MonitorObservation['drift'] {
  return (report?.verdict.checks ?? []).map(({ name, effectSize = 0, outcome }) => ({
    feature: name.replace(/^drift:/, ''),
    size: effectSize,
    outcome,
  }));
}
