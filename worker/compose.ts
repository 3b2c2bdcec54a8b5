import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dependencies } from '../activities/dependencies.ts';
import { failureTypes, finalFailure } from '../activities/failures.ts';
import type { ProjectRef } from '../activities/types.ts';
import { keepHistory } from '../adapters/data/known-history.ts';
import { readLabelledRows } from '../adapters/data/read-labelled-rows.ts';
import { openLedger } from '../adapters/ledger/file-ledger.ts';
import { openNotes } from '../adapters/notes/file-notes.ts';
import { protectRows } from '../adapters/privacy/protect-rows.ts';
import type { Pseudonymise } from '../adapters/privacy/pseudonyms.ts';
import { createFilePackages } from '../adapters/packages/file-packages.ts';
import type { MlflowSettings } from '../adapters/mlflow/connection.ts';
import { noTrust, type PackageTrust } from '../adapters/registry/keys.ts';
import { openRegistry } from '../adapters/registry/open-registry.ts';
import { openReports, type ReportsOptions } from '../adapters/report/file-reports.ts';
import { openReplicas } from '../adapters/replicas/http-replicas.ts';
import { createModelRuntime } from '../adapters/runtime/model-runtime.ts';
import { tensorflowSettings } from '../adapters/runtime/tensorflow-settings.ts';
import type { StoreLocation } from '../config/store-location.ts';
import { openRetention } from '../adapters/store/open-retention.ts';
import { openStore } from '../adapters/store/open-store.ts';
import type { MirroredTracking } from '../adapters/tracking/mirrored-tracking.ts';
import { openTracking, type TrackingPlace } from '../adapters/tracking/open-tracking.ts';
import { loadUtility } from '../adapters/utility/load-utility.ts';
import { loadProject, type ProjectOverrides } from '../config/load-project.ts';
import type { Utility, UtilitySource } from '../domain/gate/utility/utility.ts';
import type { ModelProject } from '../domain/project.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Home } from '../config/home.ts';

/** A replica that missed its heartbeats for this long is gone. */
const replicaStaleAfterMs = 5_000;

export interface ComposeOptions {
  /** @default packages are neither signed nor asked for a signature */
  readonly trust?: PackageTrust;
  /** Stands in for values that nobody may see. @default null, no key is set */
  readonly pseudonymise?: Pseudonymise | null;
  /** Where sealed segments of the log lie. @default in the home directory */
  readonly s3?: StoreLocation | null;
  /** Base URL of Temporal's Web UI with the namespace, for links in reports. @default null */
  readonly temporalUi?: ReportsOptions['temporalUi'];
  /** @default null: registry and runs are on the files of the home directory */
  readonly mlflow?: MlflowSettings | null;
  /** Examples of a training up to this size are held in memory. @default null: as suits the machine */
  readonly examplesMb?: number | null;
  /** Told when what is tracked can't be brought to MLflow. @default nobody */
  readonly onTrackingTrouble?: TrackingPlace['onTrouble'];
}

/** What has to be closed at the end brings to MLflow what is still on its way. */
export type Composed = Dependencies & { readonly tracking: MirroredTracking };

/** The real parts behind the activities' ports, on the files of one home directory and, where it is chosen, in MLflow. */
export async function compose(
  home: Home,
  {
    trust = noTrust,
    temporalUi = null,
    s3 = null,
    pseudonymise = null,
    mlflow = null,
    examplesMb = null,
    onTrackingTrouble = () => undefined,
  }: ComposeOptions = {},
): Promise<Composed> {
  return {
    registry: await openRegistry({ directory: home.registry, cacheDirectory: home.packages, mlflow, trust }),
    store: await openStore({ directory: home.store, s3 }),
    retention: await openRetention({ directory: home.store, s3 }),
    ledger: await openLedger({ directory: home.ledger }),
    runtime: createModelRuntime({
      storeDirectory: home.store,
      settings: tensorflowSettings,
      spare: true,
      ...(examplesMb !== null && { examplesMb }),
    }),
    replicas: openReplicas({
      directory: home.replicas,
      securityDirectory: home.security,
      staleAfterMs: replicaStaleAfterMs,
    }),
    packages: createFilePackages(),
    tracking: openTracking({ directory: home.runs, mlflow, onTrouble: onTrackingTrouble }),
    reports: openReports({ directory: home.reports, temporalUi }),
    cursors: openNotes(home.cursors),
    holds: openNotes(home.holds),
    settings: openNotes(home.settings),
    canaries: openNotes(home.canaries),
    loadProject: (ref) => loadKnownProject(home, ref),
    readHistory: keepHistory(async (project) =>
      protectRows(await readLabelledRows(project), project.privacy, pseudonymise),
    ),
    loadUtility: ({ utility }, schema) => loadUsableUtility(utility, schema),
    readExtract: async (project, path, schema) => {
      const extract = await readLabelledRows(withData(project, path), schema);
      return protectRows(extract, project.privacy, pseudonymise).rows;
    },
    workDirectory: home.work,
  };
}

async function loadUsableUtility(source: UtilitySource | null, schema: DataSchema): Promise<Utility | null> {
  try {
    return await loadUtility(source, schema);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw finalFailure(failureTypes.projectInvalid, message, error);
  }
}

/** `incumbent start` leaves what its options override beside the project; without it, the project's file alone counts. */
async function loadKnownProject(home: Home, { model, directory }: ProjectRef): Promise<ModelProject> {
  try {
    return await loadProject(directory, await readOverrides(join(home.projects, `${model}.json`)));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw finalFailure(failureTypes.projectInvalid, message, error);
  }
}

async function readOverrides(path: string): Promise<ProjectOverrides> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { overrides?: ProjectOverrides }).overrides ?? {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** The project's schema on another file: an operator's own extract, all of it. */
function withData(project: ModelProject, path: string): ModelProject {
  return { ...project, data: { ...project.data, path, take: null } };
}
