import type { Canary } from '../adapters/ports/replicas.ts';
import type { PredictionRecord } from '../adapters/ports/store.ts';
import { standingOf } from '../domain/routing/sticky-share.ts';
import type { Scored } from './score.ts';
import type { HostedVersion } from './slots/hosted-version.ts';

/** Who answers a row, and who scores it in the shadow. */
export interface RowAnswer extends Pick<PredictionRecord, 'output' | 'shadow'> {
  readonly host: HostedVersion;
}

/** The versions that scored a request's rows: while a canary is open, the champion and its challenger. */
export interface Scorers {
  readonly champion: HostedVersion;
  readonly other: HostedVersion | null;
  readonly canary: Canary | null;
}

/**
 * One answer a row. While a canary is open, the two that it compares have scored every row: one answers, the other is the shadow. An entity
 * is always answered by the same one while the share stands, and stays with the challenger when it grows. A challenger that could not
 * score leaves its rows to the champion.
 *
 * @param keyOf the entity of a row, or what stands for it
 */
export function shareOut(
  { champion, other, canary }: Scorers,
  { outputs, shadow }: Scored,
  keyOf: (row: number) => string,
): readonly RowAnswer[] {
  return outputs.map((output, row) => {
    if (shadow === null || other === null) return { host: champion, output, shadow: null };
    const shadowOutput = shadow.outputs[row] ?? [];
    const isOthers = canary !== null && standingOf(canary.version, keyOf(row)) < canary.share;
    if (isOthers) return { host: other, output: shadowOutput, shadow: { version: champion.version, output } };
    return { host: champion, output, shadow: { version: shadow.version, output: shadowOutput } };
  });
}
