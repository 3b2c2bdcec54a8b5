import type { WorkerCount } from '../cluster/messages.ts';
import type { ServedModels } from '../slots/served-models.ts';

export interface Readiness {
  readonly ready: boolean;
  /** What keeps this replica from answering for its models; empty when it is ready. */
  readonly missing: readonly string[];
  /** What a person should look at although answers are given, e.g. a registry that can't be read. */
  readonly warnings: readonly string[];
}

export interface ReadinessSources {
  readonly models: Pick<ServedModels, 'list'>;
  /** Rejects with the reason when nothing can be logged. */
  readonly checkLog: () => Promise<void>;
  readonly isDraining: () => boolean;
  /** The processes that share the port; null where there is one. */
  readonly workers: () => WorkerCount | null;
}

/** Probes come from many sides; the disk is asked once a second at most. */
const logCheckMs = 1_000;

/** Tells whether traffic should come here. */
export function createReadinessProbe(
  sources: ReadinessSources,
  now: () => number = Date.now,
): () => Promise<Readiness> {
  const { models, checkLog, isDraining, workers } = sources;
  let checked: { readonly atMs: number; readonly problem: Promise<string | null> } | null = null;
  const findLogProblem = (): Promise<string | null> => {
    if (checked === null || now() - checked.atMs >= logCheckMs) checked = { atMs: now(), problem: tryLog(checkLog) };
    return checked.problem;
  };
  return async () => {
    const list = models.list();
    const unserved = list.filter((slots) => slots.current().champion === null);
    const missing = unserved.map((slots) => `${slots.model} has no champion loaded${because(slots.problem())}`);
    if (list.length === 0) missing.push('there is no model in the registry');
    const logProblem = await findLogProblem();
    if (logProblem !== null) missing.push(`the prediction log can't be written: ${logProblem}`);
    if (isDraining()) missing.push('the service is stopping');
    const warnings = list.flatMap((slots) => {
      const problem = slots.problem();
      return problem === null || unserved.includes(slots) ? [] : [`${slots.model}: ${problem}`];
    });
    const count = workers();
    if (count !== null && count.running < count.total) {
      warnings.push(`${count.running} of ${count.total} workers answer; the others are being started again`);
    }
    return { ready: missing.length === 0, missing, warnings };
  };
}

function because(problem: string | null): string {
  return problem === null ? '' : `: ${problem}`;
}

async function tryLog(checkLog: () => Promise<void>): Promise<string | null> {
  try {
    await checkLog();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
