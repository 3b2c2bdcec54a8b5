import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import type { Ledger, LedgerEntry } from '../../adapters/ports/ledger.ts';
import type { Reports } from '../../adapters/ports/reports.ts';
import { openReports } from '../../adapters/report/file-reports.ts';
import type { Home } from '../../config/home.ts';
import type { MonitorObservation } from '../../domain/dashboard/observation.ts';
import type { Standing } from '../../domain/lifecycle/standing.ts';
import type { Switch } from '../../domain/lifecycle/switch.ts';
import type { ProbationEvidence } from '../../domain/report/evidence.ts';
import { probationReport } from '../../domain/report/kind.ts';
import type { ServedModels } from '../slots/served-models.ts';

/** All that the page shows of a model. */
export interface Board {
  readonly model: string;
  readonly serving: string | null;
  readonly previous: string | null;
  /** When the version that serves was put there; null where the ledger doesn't know. */
  readonly sinceMs: number | null;
  readonly problem: string | null;
  readonly standing: Standing | null;
  readonly observations: readonly MonitorObservation[];
  /** Of the version that serves: running, or ended. */
  readonly probation: { readonly isRunning: boolean; readonly evidence: ProbationEvidence } | null;
  /** Oldest first. */
  readonly decisions: readonly LedgerEntry[];
}

export interface BoardReader {
  read(): Promise<readonly Board[]>;
}

/** Reads what the files of the home directory say of the models that are served here. */
export async function openBoardReader(home: Home, models: ServedModels): Promise<BoardReader> {
  const ledger = cacheLedger(await openLedger({ directory: home.ledger }), home.ledger);
  const reports = openReports({ directory: home.reports, temporalUi: null });
  return {
    read: async () =>
      await Promise.all(
        models.list().map(async (slots): Promise<Board> => {
          const { model } = slots;
          const { champion, previous } = slots.current();
          const decisions = await ledger(model);
          const promotion = newestSwitch(decisions);
          return {
            model,
            serving: champion?.version ?? null,
            previous: previous?.version ?? null,
            sinceMs: promotion?.plan.after.champion === champion?.version ? (promotion?.atMs ?? null) : null,
            problem: slots.problem(),
            standing: await reports.readStanding(model),
            observations: await reports.readObservations(model),
            probation: promotion === null ? null : await readProbation(reports, model, promotion.plan, decisions),
            decisions,
          };
        }),
      ),
  };
}

/** A ledger may be long, and changes seldom: it is parsed again only when its file is another. */
function cacheLedger(ledger: Ledger, directory: string): (model: string) => Promise<readonly LedgerEntry[]> {
  const known = new Map<string, { readonly mark: string; readonly entries: readonly LedgerEntry[] }>();
  return async (model) => {
    const file = await stat(join(directory, `${model}.ndjson`)).catch(() => null);
    const mark = file === null ? 'none' : `${file.mtimeMs}/${file.size}`;
    const cached = known.get(model);
    if (cached?.mark === mark) return cached.entries;
    const entries = await ledger.read(model);
    known.set(model, { mark, entries });
    return entries;
  };
}

const switches: readonly string[] = ['promotion', 'rollback', 'undo'];

function newestSwitch(decisions: readonly LedgerEntry[]): { readonly plan: Switch; readonly atMs: number } | null {
  const found = decisions.findLast(({ id, kind }) => switches.includes(kind) && id.endsWith('/done'));
  return found === undefined ? null : { plan: found.evidence as Switch, atMs: found.atMs };
}

async function readProbation(
  reports: Reports,
  model: string,
  { kind, decisionId }: Switch,
  decisions: readonly LedgerEntry[],
): Promise<Board['probation']> {
  if (kind !== 'promotion') return null;
  const evidence = await reports.readEvidence(model, { ...probationReport(decisionId), kind: 'probation' });
  const isRunning = !decisions.some(({ id }) => id === `${decisionId}/probation`);
  return evidence === null ? null : { isRunning, evidence };
}
