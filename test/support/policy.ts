import { defaultAnswerPolicy } from '../../domain/answers/policy.ts';
import { defaultDriftPolicy } from '../../domain/drift/policy.ts';
import { defaultGatePolicy } from '../../domain/gate/policy.ts';
import { defaultProbationPolicy } from '../../domain/probation/policy.ts';
import type { Policy } from '../../domain/project.ts';
import { defaultQualityPolicy } from '../../domain/quality/policy.ts';
import { defaultSearchPolicy } from '../../domain/search/policy.ts';
import { defaultTriagePolicy } from '../../domain/triage/policy.ts';

/** A policy with round numbers, so that tests can count. */
export const testPolicy: Policy = {
  retrain: {
    debounceMs: 1_000,
    cooldown: { labels: 1_000 },
    minFreshLabels: 500,
    budget: { trainings: 10, per: { labels: 100_000 } },
    every: null,
    trainingCost: 50,
  },
  snapshot: { maxRows: 50_000, recentRows: 2_000, validationShare: 0.2, holdoutShare: 0.5, firstHoldoutShare: 0.2 },
  search: defaultSearchPolicy,
  challenger: { blendMembers: 1, blendVersions: 0, refit: false, follow: false, followLabels: 1 },
  monitor: {
    everyMs: 60_000,
    windowRows: 1_000,
    labelDelayRows: 500,
    matureShare: 0.95,
    lossBlockRows: 1,
    silenceMs: 7 * 86_400_000,
  },
  drift: defaultDriftPolicy,
  quality: defaultQualityPolicy,
  triage: defaultTriagePolicy,
  gate: defaultGatePolicy,
  approval: { mode: 'auto', timeoutMs: 86_400_000, onTimeout: 'reject' },
  promotion: { strategy: 'all-at-once', steps: [0.1, 0.5], labelsPerStep: 200 },
  probation: defaultProbationPolicy,
  rollback: { backoffFactor: 2, maxRollbacks: 3, per: { labels: 100_000 }, quarantine: { labels: 20_000 } },
  serving: { minReplicas: 1, replicaTimeoutMs: 10_000, goldenTolerance: 1e-5 },
  answers: defaultAnswerPolicy,
  log: { keepMs: null },
  versions: { keep: null, pinned: [] },
};
