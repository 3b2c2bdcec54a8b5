import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

/** What somebody did, or was kept from doing. */
export interface AuditEntry {
  readonly who: { readonly kind: string; readonly id: string; readonly name: string };
  /** Network address, or `command line`. */
  readonly from: string;
  readonly what: string;
  /** `asked` stands before the deed, so that none is done without a trace; then what came of it. */
  readonly result: string;
  readonly requestId: string | null;
}

/** Append-only; a line of JSON per entry. */
export interface AuditLog {
  /** Durable when it returns. */
  append(entry: AuditEntry): Promise<void>;
  close(): Promise<void>;
}

/** @param directory the home's folder `security`; all processes of a home append to one file */
export async function openAuditLog(directory: string): Promise<AuditLog> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(join(directory, 'audit.ndjson'), 'a', 0o600);
  return {
    async append(entry) {
      // One write per line: lines of several processes don't get mixed up.
      await file.appendFile(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
      await file.datasync();
    },
    close: () => file.close(),
  };
}
