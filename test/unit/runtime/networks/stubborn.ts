import { writeFileSync } from 'node:fs';
import type { CandidateSpec } from '../../../../adapters/ports/model-runtime.ts';

/** Says which process it is in (in the file that the candidate's id names), and hears no SIGTERM. */
export function build(_tf: unknown, { id }: CandidateSpec): Promise<never> {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1_000);
  writeFileSync(id, String(process.pid));
  return new Promise(() => undefined);
}
