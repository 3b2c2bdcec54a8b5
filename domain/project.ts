import type { AnswerPolicy } from './answers/policy.ts';
import type { PrivacyPolicy } from './answers/settings.ts';
import type { ChallengerPolicy } from './blend/policy.ts';
import type { DriftPolicy } from './drift/judge.ts';
import type { GatePolicy } from './gate/policy.ts';
import type { SliceDeclaration } from './gate/slices/declaration.ts';
import type { UtilitySource } from './gate/utility/utility.ts';
import type {
  ApprovalPolicy,
  LogPolicy,
  MonitorPolicy,
  PromotionPolicy,
  RetrainPolicy,
  RollbackPolicy,
  ServingPolicy,
  SnapshotPolicy,
  VersionsPolicy,
} from './policy.ts';
import type { ProbationPolicy } from './probation/policy.ts';
import type { QualityPolicy } from './quality/policy.ts';
import type { SearchPolicy } from './search/policy.ts';
import type { FeatureType } from './table.ts';
import type { Task } from './task.ts';
import type { TriagePolicy } from './triage/policy.ts';

/** Where the historical labelled rows are: what the first champion is trained on. */
export interface DataSource {
  /** Absolute path of a CSV or Parquet file. */
  readonly path: string;
  readonly label: string;
  /** Unique key of a row; null where rows have none. */
  readonly id: string | null;
  /** Event time; null: row order is time. */
  readonly time: string | null;
  /** When the label became known; null: with its row. */
  readonly labelTime: string | null;
  /** Use only this many of the oldest rows; null uses all. */
  readonly take: number | null;
}

export interface Policy {
  readonly retrain: RetrainPolicy;
  readonly snapshot: SnapshotPolicy;
  readonly challenger: ChallengerPolicy;
  readonly search: SearchPolicy;
  readonly monitor: MonitorPolicy;
  readonly drift: DriftPolicy;
  readonly quality: QualityPolicy;
  readonly triage: TriagePolicy;
  readonly gate: GatePolicy;
  readonly approval: ApprovalPolicy;
  readonly promotion: PromotionPolicy;
  readonly probation: ProbationPolicy;
  readonly rollback: RollbackPolicy;
  readonly serving: ServingPolicy;
  readonly answers: AnswerPolicy;
  readonly log: LogPolicy;
  readonly versions: VersionsPolicy;
}

/** One network of the search space; each is trained on every window of `windows`. */
export interface NetworkSpec {
  readonly name: string;
  /** Units of the hidden layers; [] is a linear model. */
  readonly hiddenUnits: readonly number[];
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly l2: number;
}

/** How weights move along the slopes; with the constants of `tf.train`. */
export type OptimizerName = 'adam' | 'momentum' | 'rmsprop';

/** All rows that are kept, the newest `recentRows` of them, or the newest quarter of those. */
export type TrainingWindow = 'newest' | 'recent' | 'all';

export interface TrainingPlan {
  readonly networks: readonly NetworkSpec[];
  readonly windows: readonly TrainingWindow[];
  readonly batchSize: number;
  readonly maxEpochs: number;
  readonly patience: number;
  readonly classWeights: boolean;
  readonly seed: number;
  /** Absolute path of a module exporting `build(tf, spec, inputs, outputs)`; null for the built-in dense stack. */
  readonly buildModule: string | null;
}

/** What only people know of a model; goes into the card of every version. */
export interface CardNotes {
  readonly owner?: string | undefined;
  readonly intendedUse?: string | undefined;
  readonly outOfScope?: string | undefined;
  /** Ethical considerations. */
  readonly considerations?: string | undefined;
}

/** A model project as the rest of Incumbent sees it: defaults filled in, paths absolute. */
export interface ModelProject {
  readonly name: string;
  /** As the user declared it; null: inferred from the label. */
  readonly task: Task | null;
  readonly data: DataSource;
  /** Types that the user declared; the others are inferred. */
  readonly features: Readonly<Record<string, FeatureType>>;
  /**
   * Absolute path of a fixed labelled table with the columns of the data, on which no challenger may fall back: null for none. It is told through
   * the Ladder only.
   */
  readonly goldenSet: string | null;
  /** Columns that are never features. */
  readonly exclude: readonly string[];
  /** Parts of the rows that a challenger must not harm. */
  readonly slices: readonly SliceDeclaration[];
  /** Columns whose groups must be treated alike. */
  readonly sensitive: readonly string[];
  readonly privacy: PrivacyPolicy;
  /** What answers are worth; null: a right answer is as good as any other. */
  readonly utility: UtilitySource | null;
  /** What people say about the model, for its cards. */
  readonly card: CardNotes;
  readonly training: TrainingPlan;
  readonly policy: Policy;
}
