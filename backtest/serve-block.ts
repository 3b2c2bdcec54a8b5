import { standingOf } from '../domain/routing/sticky-share.ts';
import type { RowRange } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';
import type { ReplayStore } from './replay-store.ts';

interface Answers {
  readonly version: string;
  readonly outputs: Predictions;
}

/**
 * Serves a block as the prediction service does: the champion answers, the other one scores in the shadow, and while a canary is open
 * answers a share of the rows itself. A history has no entities, so that each row is its own.
 */
export function serveBlock(
  store: ReplayStore,
  block: RowRange,
  champion: Answers,
  other: Answers | null,
  share: number,
): void {
  if (other === null || share === 0) return store.serve(block, { ...champion, shadow: other });
  for (let row = block.from; row < block.to; row += 1) {
    const at = row - block.from;
    const [own, shadow] = [rowOf(champion, at), rowOf(other, at)];
    const isOthers = standingOf(other.version, String(row)) < share;
    const served = isOthers ? { ...shadow, shadow: own } : { ...own, shadow };
    store.serve({ from: row, to: row + 1 }, served);
  }
}

function rowOf({ version, outputs: { width, values } }: Answers, row: number): Answers {
  return { version, outputs: { width, values: values.slice(row * width, (row + 1) * width) } };
}
