import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportRef } from '../../domain/report/kind.ts';
import { writeDurably } from '../files/durable.ts';
import { isModelName } from '../files/names.ts';
import { openBoard } from './board-files.ts';
import type { EvidenceOf, Reports } from '../ports/reports.ts';
import { evidenceFile } from './file-names.ts';
import { renderReport } from './render-report.ts';

export interface ReportsOptions {
  /** Holds a folder per model, and in it one per decision. */
  readonly directory: string;
  /** Base URL of Temporal's Web UI with its namespace; null where it is not known. */
  readonly temporalUi: { readonly url: string; readonly namespace: string } | null;
}

/** Reports as folders of files: `index.html`, `report.json`, and what they were made of. */
export function openReports({ directory, temporalUi }: ReportsOptions): Reports {
  const folderOf = (model: string, id: string): string => {
    if (isModelName(model) && /^[\w-]+$/.test(id)) return join(directory, model, id);
    throw new Error(`there can be no report "${id}" of a model "${model}": letters, digits, "-" and "_" only`);
  };
  return {
    keepEvidence: (model, { id }, evidence) =>
      writeDurably(join(folderOf(model, id), evidenceFile), JSON.stringify(evidence)),
    readEvidence: <K extends keyof EvidenceOf>(model: string, { id }: ReportRef & { kind: K }) =>
      readJson<EvidenceOf[K]>(join(folderOf(model, id), evidenceFile)),
    async write(report) {
      const folder = folderOf(report.model, report.id);
      const json = `${JSON.stringify(report, null, 1)}\n`;
      const page = renderReport(report);
      await writeDurably(join(folder, 'report.json'), json);
      await writeDurably(join(folder, 'index.html'), page);
      return { path: `reports/${report.model}/${report.id}/index.html`, page, json };
    },
    ...openBoard(directory),
    linkTo: (workflowId) => ({ name: `Temporal workflow ${workflowId}`, url: urlOf(temporalUi, workflowId) }),
  };
}

function urlOf(ui: ReportsOptions['temporalUi'], workflowId: string): string | null {
  if (ui === null) return null;
  return `${ui.url}/namespaces/${encodeURIComponent(ui.namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
