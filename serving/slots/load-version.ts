import { loadServedModel, type ServedModel } from '../../adapters/engine/serve-model.ts';
import type { LoadModel } from '../../adapters/ports/model-runtime.ts';
import type { Registry } from '../../adapters/ports/registry.ts';
import { tableFromFeatureRows } from '../../adapters/data/feature-rows.ts';
import { compileRowCheck } from '../../adapters/data/row-check.ts';
import { createRangeCheck, type AnswerFacts } from '../../domain/answers/facts.ts';
import { createExplainer } from '../explain.ts';
import { createRowText } from '../quick/row-text.ts';
import { hostVersion, type HostedVersion } from './hosted-version.ts';

export interface VersionSource {
  readonly registry: Pick<Registry, 'fetchPackage'>;
  readonly loadModel: LoadModel;
  /** What a package says of its answers; null where it says nothing. */
  readonly readFacts: (packageDirectory: string) => Promise<AnswerFacts | null>;
  readonly onExplainFailure: (error: unknown) => void;
  /** Largest absolute difference between a golden prediction and its replay. */
  readonly goldenTolerance: number;
}

/** Rows of the first, slow predictions, which no client should wait for. */
const warmUpRows = 32;
/** Compiled code is fast once it has run often. */
const compiledWarmUps = 256;

/** A version ready to answer: its files are as registered, its golden predictions hold, its code is warm. */
export async function loadVersion(source: VersionSource, name: string, version: string): Promise<HostedVersion> {
  const packageDirectory = await source.registry.fetchPackage(name, version);
  const model = await loadServedModel(source.loadModel, packageDirectory);
  try {
    const goldenMaxDifference = await model.verifyGolden();
    // Written so that NaN fails too.
    if (!(goldenMaxDifference <= source.goldenTolerance)) {
      const allowed = `${source.goldenTolerance} is allowed`;
      throw new Error(`its golden predictions differ by ${goldenMaxDifference}, ${allowed}`);
    }
    await warmUp(model);
    const facts = await source.readFacts(packageDirectory);
    return hostVersion({
      version,
      model,
      residuals: facts?.residuals ?? null,
      listOutside: createRangeCheck(facts?.range ?? {}),
      isGoodRow: compileRowCheck(model.signature.schema),
      findRowText: createRowText(model.signature.schema),
      explain: createExplainer(packageDirectory, model.signature.schema, source.onExplainFailure),
      loadedAtMs: Date.now(),
      goldenMaxDifference,
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Rows where all is missing are rows that a client may send. */
async function warmUp(model: ServedModel): Promise<void> {
  const { schema } = model.signature;
  const missing = Object.fromEntries(schema.features.map(({ name }) => [name, null]));
  const rows = Array.from({ length: warmUpRows }, () => missing);
  await model.predict(tableFromFeatureRows(schema, rows));
  await model.predict(tableFromFeatureRows(schema, rows.slice(0, 1)));
  for (let turn = 0; turn < compiledWarmUps && model.compiled !== null; turn += 1) await model.predictRows([missing]);
}
