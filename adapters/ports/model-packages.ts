import type { AnswerFacts } from '../../domain/answers/facts.ts';
import type { ScoreProfile } from '../../domain/calibration/profile.ts';
import type { Importances } from '../../domain/explain/importances.ts';
import type { DriftReference } from '../../domain/monitoring/reference.ts';
import type { SchemaContract } from '../../domain/quality/contract.ts';
import type { ModelCard } from '../../domain/report/card.ts';
import type { TrainingPoint } from '../../domain/report/evidence.ts';
import type { Signature } from './model-runtime.ts';

/** A network among several that answer with their weighted mean, a package of its own within theirs. */
export interface BlendMember {
  /** Within the package. */
  readonly directory: string;
  readonly weight: number;
  readonly candidateId: string;
  /** What it was trained on. */
  readonly snapshotId: string;
  readonly parameters: number;
  readonly weightsSha256: string;
}

export interface Blend {
  readonly members: readonly BlendMember[];
}

/** What answers in a package, a package of its own, with its share in the answer. */
export interface Network {
  readonly packageDirectory: string;
  readonly weight: number;
}

/** Of a version that follows the labels. */
export interface Followed {
  /** The version that passed the gate. */
  readonly base: string;
  /** The version whose networks take part, too. */
  readonly lent: string | null;
  /** By network of the base and of the one that lends, and by move. */
  readonly shares: readonly (readonly number[])[];
}

/** What was written for MLflow and Python. */
export interface ModelExport {
  /** Why Python can't load the package; null where it can. */
  readonly notice: string | null;
}

/** Reads and completes the folder of a model package before it is registered; what is registered never changes. */
export interface WrittenCard {
  readonly markdown: string;
  readonly html: string;
}

export interface ModelPackages {
  /** A candidate's loss on each validation row, the same rows for every candidate of a run; null where it was not trained. */
  readValidationLosses(packageDirectory: string): Promise<Float64Array | null>;
  /** Losses after each epoch; empty for a package that was not trained but put together. */
  readTrainingCurve(packageDirectory: string): Promise<readonly TrainingPoint[]>;
  readSignature(packageDirectory: string): Promise<Signature>;
  /** What the version's live inputs and predictions are compared with. */
  readReference(packageDirectory: string): Promise<DriftReference>;
  writeReference(packageDirectory: string, reference: DriftReference): Promise<void>;
  /** What the version's outputs were worth on its holdout; null where that is not known. */
  readScores(packageDirectory: string): Promise<ScoreProfile | null>;
  writeScores(packageDirectory: string, scores: ScoreProfile | null): Promise<void>;
  /** What its loss on the holdout owes to each feature; null where that was not measured. */
  readImportances(packageDirectory: string): Promise<Importances | null>;
  writeImportances(packageDirectory: string, importances: Importances): Promise<void>;
  /** What its answers are told with; null for a version that was packaged without it. */
  readAnswers(packageDirectory: string): Promise<AnswerFacts | null>;
  writeAnswers(packageDirectory: string, facts: AnswerFacts): Promise<void>;
  /** What live data must look like; null for a version that was packaged without it. */
  readContract(packageDirectory: string): Promise<SchemaContract | null>;
  /** Its networks with their shares; null for a package of one network. */
  readBlend(packageDirectory: string): Promise<Blend | null>;
  /** The networks whose weighted mean is the answer; one, the package itself, where something is done to the mean. */
  listNetworks(packageDirectory: string): Promise<readonly Network[]>;
  /** Null for a version that passed the gate as it is. */
  readFollowing(packageDirectory: string): Promise<Followed | null>;
  writeContract(packageDirectory: string, contract: SchemaContract): Promise<void>;
  /** For people: `model-card.md` and `model-card.html`. */
  writeCard(packageDirectory: string, card: ModelCard): Promise<WrittenCard>;
  /** Last of all: `MLmodel`, input example, and an export that Python can load, of what the package is by now. */
  writeExport(packageDirectory: string): Promise<ModelExport>;
}
