import { z } from 'zod';
import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import type { LedgerEntry } from '../../adapters/ports/ledger.ts';
import { homeAt } from '../../config/home.ts';
import { explainVerdict } from '../../domain/explain-verdict.ts';
import type { DecisionSummary } from '../../domain/lifecycle/state.ts';

/** The ledger's entries of these decisions, in their order; decisions that the ledger of this home lacks are left out. */
export async function readEvidence(
  home: string,
  model: string,
  decisions: readonly DecisionSummary[],
): Promise<readonly LedgerEntry[]> {
  const ledger = await openLedger({ directory: homeAt(home).ledger });
  const entries = new Map((await ledger.read(model)).map((entry) => [entry.id, entry]));
  return decisions.flatMap(({ id }) => entries.get(id) ?? []);
}

const verdictSchema = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['pass', 'fail', 'inconclusive']),
      reason: z.string(),
      rowsSeen: z.number(),
      advisory: z.literal(true).exactOptional(),
    }),
  ),
});
const evidenceSchema = z.union([verdictSchema, z.object({ triage: verdictSchema }).transform(({ triage }) => triage)]);

const searchSchema = z.object({
  search: z.object({
    stopped: z.array(z.object({ id: z.string(), reason: z.string() })),
    epochs: z.number(),
    mostEpochs: z.number(),
  }),
});

/** The checks that a decision rests on, a sentence each, and the candidates that were stopped on the way; none where it rests on none. */
export function explainEntry({ evidence }: Pick<LedgerEntry, 'evidence'>): readonly string[] {
  const parsed = evidenceSchema.safeParse(evidence);
  return [...(parsed.success ? explainVerdict(parsed.data) : []), ...explainSearch(evidence)];
}

function explainSearch(evidence: unknown): readonly string[] {
  const parsed = searchSchema.safeParse(evidence);
  if (!parsed.success) return [];
  const { stopped, epochs, mostEpochs } = parsed.data.search;
  const budget = `${epochs} of at most ${mostEpochs} epochs were trained, ${stopped.length} candidates were stopped early`;
  return [budget, ...stopped.map(({ id, reason }) => `${id} ${reason}`)];
}
