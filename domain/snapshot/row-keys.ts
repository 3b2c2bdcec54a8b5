/**
 * Position keys of rows, which sort in the order of the rows. A row of the project's history is called by its index, one of an extract that a person
 * brought by that of the extract; a row that was served goes by the id of its prediction.
 */
const history = 'history:';
const extract = 'extract:';

export function historyKey(row: number): string {
  return `${history}${String(row).padStart(8, '0')}`;
}

/** @param key of the row within the extract */
export function extractKey(key: string): string {
  return `${extract}${key}`;
}

export function isHistorical(key: string): boolean {
  return key.startsWith(history);
}

export function isOfExtract(key: string): boolean {
  return key.startsWith(extract);
}
