import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import type { LedgerEntry } from '../../adapters/ports/ledger.ts';
import type { Reports } from '../../adapters/ports/reports.ts';
import { evidenceFile, observationsFile, standingFile } from '../../adapters/report/file-names.ts';
import { openReports } from '../../adapters/report/file-reports.ts';
import type { Home } from '../../config/home.ts';
import type { MonitorObservation } from '../../domain/dashboard/observation.ts';
import type { Standing } from '../../domain/lifecycle/standing.ts';
import type { Switch } from '../../domain/lifecycle/switch.ts';
import type { ProbationEvidence } from '../../domain/report/evidence.ts';
import { probationReport } from '../../domain/report/kind.ts';
import type { ModelSlots } from '../slots/model-slots.ts';
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

interface Known {
  readonly mark: string;
  readonly evidencePath: string | null;
  readonly board: Board;
}

/**
 * Reads what the files of the home directory say of the models that are served here. They change seldom and are asked for often: a board
 * whose files are the same ones is the same object.
 */
export async function openBoardReader(home: Home, models: ServedModels): Promise<BoardReader> {
  const ledger = await openLedger({ directory: home.ledger });
  const reports = openReports({ directory: home.reports, temporalUi: null });
  const known = new Map<string, Known>();
  return {
    read: async () =>
      await Promise.all(
        models.list().map(async (slots): Promise<Board> => {
          const before = known.get(slots.model);
          if (before !== undefined && before.mark === (await markOf(home, slots, before.evidencePath)))
            return before.board;
          const decisions = await ledger.read(slots.model);
          const evidencePath = evidencePathOf(home, slots.model, newestSwitch(decisions)?.plan ?? null);
          // Taken before the other files are read: what changes meanwhile is read again.
          const mark = await markOf(home, slots, evidencePath);
          const board = await readBoard(reports, slots, decisions);
          known.set(slots.model, { mark, evidencePath, board });
          return board;
        }),
      ),
  };
}

async function readBoard(reports: Reports, slots: ModelSlots, decisions: readonly LedgerEntry[]): Promise<Board> {
  const { model } = slots;
  const { champion, previous } = slots.current();
  const newest = newestSwitch(decisions);
  return {
    model,
    serving: champion?.version ?? null,
    previous: previous?.version ?? null,
    sinceMs: servedSinceMs(decisions, champion?.version ?? null),
    problem: slots.problem(),
    standing: await reports.readStanding(model),
    observations: await reports.readObservations(model),
    probation: newest === null ? null : await readProbation(reports, model, newest.plan, decisions),
    decisions,
  };
}

function evidencePathOf({ reports }: Home, model: string, plan: Switch | null): string | null {
  return plan === null ? null : join(reports, model, probationReport(plan.decisionId).id, evidenceFile);
}

/** Equal as long as nothing that a board is made of has changed. */
async function markOf(home: Home, slots: ModelSlots, evidencePath: string | null): Promise<string> {
  const { model } = slots;
  const { champion, previous } = slots.current();
  const folder = join(home.reports, model);
  const paths = [join(home.ledger, `${model}.ndjson`), join(folder, observationsFile), join(folder, standingFile)];
  const files = await Promise.all([...paths, ...(evidencePath === null ? [] : [evidencePath])].map(describeFile));
  return JSON.stringify([champion?.version, previous?.version, slots.problem(), files]);
}

async function describeFile(path: string): Promise<string> {
  const file = await stat(path).catch(() => null);
  return file === null ? 'none' : `${file.mtimeMs}/${file.size}/${file.ino}`;
}

/** When the newest move of the aliases put this version in its place; null where it was another one's. */
function servedSinceMs(decisions: readonly LedgerEntry[], version: string | null): number | null {
  const moves = [...switches, 'follow'];
  const newest = decisions.findLast(({ id, kind }) => moves.includes(kind) && id.endsWith('/done'));
  return newest !== undefined && (newest.evidence as Switch).after.champion === version ? newest.atMs : null;
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
