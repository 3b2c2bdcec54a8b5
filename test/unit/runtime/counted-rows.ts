import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenRows } from '../../../adapters/runtime/protocol.ts';
import { openRows as openGeneratedRows } from './generated-rows.ts';

/** The same rows; every process that opens them adds its id to a file in the store's folder. */
export const openRows: OpenRows = (storeDirectory) => {
  appendFileSync(join(storeDirectory, 'pids'), `${process.pid}\n`);
  return openGeneratedRows(storeDirectory);
};
