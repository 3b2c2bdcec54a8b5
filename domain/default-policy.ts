import { defaultAnswerPolicy } from './answers/policy.ts';
import { defaultChallengerPolicy } from './blend/policy.ts';
import { defaultDriftPolicy } from './drift/policy.ts';
import { defaultGatePolicy } from './gate/policy.ts';
import { defaultProbationPolicy } from './probation/policy.ts';
import type { Policy } from './project.ts';
import { defaultQualityPolicy } from './quality/policy.ts';
import { defaultSearchPolicy } from './search/policy.ts';
import { defaultTriagePolicy } from './triage/policy.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * What an expert would choose for a table that nobody has told us more about. A retraining costs a holdout: fewer than a
 * thousand fresh labels rarely show a difference, so less is not worth a run.
 */
export const defaultPolicy: Policy = {
  retrain: {
    debounceMs: 5_000,
    cooldown: { labels: 1_000 },
    minFreshLabels: 1_000,
    budget: { trainings: 20, per: { labels: 20_000 } },
    every: 'auto',
    trainingCost: 10,
  },
  snapshot: { maxRows: 250_000, recentRows: 4_000, validationShare: 0.15, holdoutShare: 0.4, firstHoldoutShare: 0.2 },
  challenger: defaultChallengerPolicy,
  search: defaultSearchPolicy,
  monitor: {
    everyMs: hourMs,
    windowRows: 2_000,
    labelDelayRows: 2_000,
    matureShare: 0.95,
    lossBlockRows: 'auto',
    silenceMs: 7 * dayMs,
  },
  drift: defaultDriftPolicy,
  quality: defaultQualityPolicy,
  triage: defaultTriagePolicy,
  gate: defaultGatePolicy,
  approval: { mode: 'auto', timeoutMs: 7 * dayMs, onTimeout: 'reject' },
  promotion: { strategy: 'all-at-once', steps: [0.05, 0.25, 0.5], labelsPerStep: 200 },
  probation: defaultProbationPolicy,
  rollback: { backoffFactor: 2, maxRollbacks: 3, per: { labels: 50_000 }, quarantine: { labels: 4_000 } },
  serving: { minReplicas: 1, replicaTimeoutMs: 60_000, goldenTolerance: 1e-5 },
  answers: defaultAnswerPolicy,
  log: { keepMs: null },
  // Between retrainings a champion that follows its labels makes a version a week or so.
  versions: { keep: 100, pinned: [] },
};
