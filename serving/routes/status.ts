import type { ModelStatus } from '../../config/wire.ts';
import { findModel, type Dependencies } from '../dependencies.ts';
import { ServiceError } from '../errors.ts';
import { slotOrder } from '../slots/followed-aliases.ts';
import type { Slots } from '../slots/model-slots.ts';

/** What this replica has in memory for a model, and what is wrong. */
export async function describeModel(deps: Dependencies, name: string): Promise<ModelStatus> {
  const slots = await findModel(deps, name);
  const current = slots.current();
  return {
    model: slots.model,
    replicaId: deps.replicaId,
    serving: current.champion?.version ?? null,
    classes: current.champion === null ? null : [...current.champion.model.signature.schema.classes],
    loaded: listLoaded(current),
    canary: slots.canary(),
    labels: await describeLabels(deps, slots.model),
    problem: slots.problem(),
    uptimeSeconds: Math.round(process.uptime()),
  };
}

/** What the monitor wrote can't be read, or isn't there yet: the status says all the rest. */
async function describeLabels({ readMonitor }: Dependencies, model: string): Promise<ModelStatus['labels']> {
  const facts = await readMonitor?.(model).catch(() => null);
  const labelling = facts?.observation?.labelling ?? null;
  if (labelling === null) return null;
  return {
    coverage: labelling.coverage,
    medianDelaySeconds: labelling.medianMs / 1_000,
    p95DelaySeconds: labelling.p95Ms / 1_000,
    matureAgeSeconds: labelling.matureAgeMs / 1_000,
    watermark: new Date(labelling.watermarkMs).toISOString(),
  };
}

function listLoaded(slots: Slots): ModelStatus['loaded'] {
  return slotOrder.flatMap((role) => {
    const held = slots[role];
    if (held === null) return [];
    const { version, loadedAtMs, goldenMaxDifference } = held;
    const { engine } = held.model;
    return [{ version, role, loadedAtMs, goldenMaxDifference, engine }];
  });
}

/** Replays the golden rows of a version that is in memory, now. */
export async function verifyVersion(
  deps: Dependencies,
  name: string,
  version: string,
): Promise<{ version: string; maxDifference: number }> {
  const slots = await findModel(deps, name);
  const held = Object.values(slots.current()).find((candidate) => candidate?.version === version) ?? null;
  if (held === null) {
    const why = slots.problem() ?? 'no alias names it, or it is still being loaded';
    throw new ServiceError('version-not-loaded', `version ${version} of ${name} is not loaded: ${why}`, {
      field: 'version',
    });
  }
  const release = held.acquire();
  try {
    return { version, maxDifference: await held.model.verifyGolden() };
  } finally {
    release();
  }
}
