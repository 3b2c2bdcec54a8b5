import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelName } from '../files/names.ts';
import { TrackingError, type RunKey } from '../ports/tracking.ts';

/** Folder of a run: `<model>/<decision>`, and below it `candidates/<candidate>`. */
export function runFolder(directory: string, { model, decisionId, candidateId }: RunKey): string {
  if (!isModelName(model)) {
    throw new TrackingError('name-invalid', `"${model}" is no model name: lower-case letters, digits and "-" only`);
  }
  const folder = join(directory, model, toName(decisionId));
  return candidateId === null ? folder : join(folder, 'candidates', toName(candidateId));
}

/** A name for one folder, different for different ids. */
function toName(id: string): string {
  if (id === '') throw new TrackingError('name-invalid', 'a run needs the id of its decision, and it is empty');
  return encodeURIComponent(id).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'));
}

/** Where a run's file lies. Throws `name-invalid` for a path that leads out of the run. */
export function artifactFile(folder: string, path: string): string {
  const parts = path.split('/');
  if (path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    const right = 'give names with single slashes between, e.g. report.html or card/model.md';
    throw new TrackingError('name-invalid', `"${path}" can't be the path of a run's file: ${right}`);
  }
  return join(folder, 'artifacts', ...parts);
}

/** Every run below a directory. */
export async function listRunFolders(directory: string): Promise<readonly RunKey[]> {
  const runs: RunKey[] = [];
  for (const model of await listFolders(directory)) {
    for (const decision of await listFolders(join(directory, model))) {
      const decisionId = decodeURIComponent(decision);
      runs.push({ model, decisionId, candidateId: null });
      for (const candidate of await listFolders(join(directory, model, decision, 'candidates')))
        runs.push({ model, decisionId, candidateId: decodeURIComponent(candidate) });
    }
  }
  return runs;
}

async function listFolders(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
