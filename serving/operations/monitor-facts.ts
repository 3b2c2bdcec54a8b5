import { openNotes } from '../../adapters/notes/file-notes.ts';
import { openReports } from '../../adapters/report/file-reports.ts';
import type { Home } from '../../config/home.ts';
import type { MonitorObservation } from '../../domain/dashboard/observation.ts';

/** What the monitor of a model, a workflow elsewhere, left in the home directory at its newest look. */
export interface MonitorFacts {
  /** Null before the first look. */
  readonly observation: MonitorObservation | null;
  /** Predictions up to then have their labels, as far as they will; ms since the epoch. */
  readonly watermarkMs: number | null;
}

export function createMonitorReader(home: Pick<Home, 'cursors' | 'reports'>): (model: string) => Promise<MonitorFacts> {
  const cursors = openNotes<{ readonly lastId?: string | null }>(home.cursors);
  const reports = openReports({ directory: home.reports, temporalUi: null });
  return async (model) => {
    const [observations, cursor] = await Promise.all([reports.readObservations(model), cursors.read(model)]);
    // Ids of predictions begin with their time.
    const atMs = Number.parseInt(cursor?.lastId ?? '', 10);
    return { observation: observations.at(-1) ?? null, watermarkMs: Number.isNaN(atMs) ? null : atMs };
  };
}
