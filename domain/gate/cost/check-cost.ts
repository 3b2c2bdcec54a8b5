import type { Check, Outcome } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import type { GatePolicy } from '../policy.ts';
import { formatCount, formatNumber } from '../wording.ts';
import type { ServingCost } from './serving-cost.ts';

/** What the challenger costs beside the champion; shown only, unless the policy sets a limit. No check where nothing was measured. */
export function checkCost({ costs }: GateEvidence, policy: GatePolicy): readonly Check[] {
  if (!costs) return [];
  const { challenger, champion } = costs;
  const against = champion === null ? '' : `; champion: ${describeCost(champion)}`;
  const broken = findBroken(challenger, policy);
  const check = {
    name: 'cost',
    outcome: broken.outcome,
    reason: `${broken.lead}challenger: ${describeCost(challenger)}${against}`,
    ...(challenger.speed && { statistic: challenger.speed.p99Ms }),
    rowsSeen: 0,
  };
  const hasLimit = policy.maxLatencyMs !== null || policy.maxBytes !== null;
  return [hasLimit ? check : { ...check, advisory: true }];
}

function findBroken({ bytes, speed }: ServingCost, { maxBytes, maxLatencyMs }: GatePolicy): Finding {
  if (maxBytes !== null && bytes > maxBytes) {
    return { outcome: 'fail', lead: `challenger is larger than the limit of ${formatBytes(maxBytes)}; ` };
  }
  if (maxLatencyMs === null) return { outcome: 'pass', lead: '' };
  const limit = `the limit of ${formatNumber(maxLatencyMs)} ms a row`;
  if (speed === null) return { outcome: 'inconclusive', lead: `not measured against ${limit}; ` };
  return speed.p99Ms > maxLatencyMs
    ? { outcome: 'fail', lead: `challenger is slower than ${limit}; ` }
    : { outcome: 'pass', lead: '' };
}

interface Finding {
  readonly outcome: Outcome;
  readonly lead: string;
}

/** "12.3 kB, 0.8 ms a row (99th percentile 1.4 ms), 120,000 rows/s". */
function describeCost({ bytes, speed }: ServingCost): string {
  if (speed === null) return formatBytes(bytes);
  const { medianMs, p99Ms, rowsPerSecond } = speed;
  const [typical, slow] = [medianMs, p99Ms].map((ms) => String(Number(ms.toPrecision(2))));
  return `${formatBytes(bytes)}, ${typical} ms a row (99th percentile ${slow} ms), ${formatCount(rowsPerSecond)} rows/s`;
}

/** 12345 → "12.3 kB". */
function formatBytes(bytes: number): string {
  const unit = bytes < 1e6 ? 'kB' : bytes < 1e9 ? 'MB' : 'GB';
  const size = bytes / { kB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  return `${Number(size.toPrecision(3))} ${unit}`;
}
