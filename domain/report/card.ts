import { formatCount, formatNumber } from '../gate/wording.ts';
import type { CardNotes } from '../project.ts';
import type { DataSchema } from '../table.ts';
import type { Task } from '../task.ts';
import type { Check, Verdict } from '../verdict.ts';
import { toCheckLines } from './check-titles.ts';
import type { RetrainingEvidence } from './evidence.ts';

export type CardBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export interface CardSection {
  readonly title: string;
  readonly blocks: readonly CardBlock[];
}

/** What a version is and is not good for, in the sections of Mitchell et al. (2019, Model Cards for Model Reporting). */
export interface ModelCard {
  readonly title: string;
  readonly sections: readonly CardSection[];
}

export interface CardFacts {
  readonly model: string;
  readonly decisionId: string;
  readonly madeAtMs: number;
  readonly task: Task;
  readonly schema: DataSchema;
  readonly candidateId: string;
  readonly parameters: number;
  /** What people wrote about the model in its project. */
  readonly notes: CardNotes;
  /** Columns whose groups must be treated alike. */
  readonly sensitive: readonly string[];
  readonly verdict: Verdict;
  readonly evidence: RetrainingEvidence;
  /** Rows that the networks were trained on once more after the exam; null where they are the examined ones. */
  readonly refitRows: number | null;
}

const tasks: Readonly<Record<Task, string>> = {
  binary: 'the probability of one of two classes',
  multiclass: 'a probability for each of several classes',
  regression: 'a value',
};

const unsaid = 'The project does not say: put `card` into its configuration.';

export function buildCard(facts: CardFacts): ModelCard {
  return {
    title: `Model card: ${facts.model}, trained by ${facts.decisionId}`,
    sections: [
      { title: 'Model details', blocks: describeDetails(facts) },
      { title: 'Intended use', blocks: describeUse(facts) },
      { title: 'Factors', blocks: describeFactors(facts) },
      { title: 'Metrics', blocks: describeMetrics(facts) },
      { title: 'Evaluation data', blocks: describeEvaluation(facts) },
      { title: 'Training data', blocks: describeTraining(facts) },
      { title: 'Quantitative analyses', blocks: describeAnalyses(facts) },
      { title: 'Ethical considerations', blocks: describeEthics(facts) },
      { title: 'Caveats and recommendations', blocks: describeCaveats(facts) },
    ],
  };
}

const text = (sentence: string): CardBlock => ({ kind: 'text', text: sentence });

function describeDetails(facts: CardFacts): readonly CardBlock[] {
  const { candidateId, parameters, madeAtMs, evidence, notes, task, schema, refitRows } = facts;
  const members = evidence.members.map(({ candidateId: id, weight }) => `${id} (${(100 * weight).toFixed(0)}%)`);
  return [
    {
      kind: 'list',
      items: [
        `Gives ${tasks[task]}: \`${schema.label}\`${schema.classes.length > 0 ? ` (${schema.classes.join(', ')})` : ''}`,
        `Candidate \`${candidateId}\`, ${formatCount(parameters)} parameters, TensorFlow.js`,
        ...(members.length === 0 ? [] : [`Weighted mean of ${members.join(', ')}`]),
        `Trained ${new Date(madeAtMs).toISOString().slice(0, 10)} by Incumbent, decision \`${facts.decisionId}\``,
        ...(refitRows === null
          ? []
          : [
              `Trained once more on all ${formatCount(refitRows)} rows after the exam: the figures below are of the examined networks`,
            ]),
        `Owner: ${notes.owner ?? 'not said'}`,
      ],
    },
  ];
}

function describeUse({ notes, schema }: CardFacts): readonly CardBlock[] {
  const features = schema.features.map(({ name, type }) => [name, type]);
  return [
    text(notes.intendedUse ?? unsaid),
    text(
      `Not for: ${notes.outOfScope ?? 'rows unlike those that it learned from; see coverage and drift in the report.'}`,
    ),
    { kind: 'table', caption: 'Inputs', head: ['feature', 'type'], rows: features },
  ];
}

function describeFactors({ sensitive, verdict, evidence }: CardFacts): readonly CardBlock[] {
  const slices = verdict.checks.filter(({ name }) => name.startsWith('slice:'));
  const { importances } = evidence;
  const first = importances?.features.slice(0, 5).map(({ feature }) => feature) ?? [];
  return [
    text(
      sensitive.length === 0
        ? 'The project names no groups that must be treated alike.'
        : `Groups that must be treated alike: ${sensitive.join(', ')}.`,
    ),
    text(
      `Slices that were looked at: ${slices.length === 0 ? 'none' : slices.map(({ name }) => name.slice(6)).join('; ')}.`,
    ),
    ...(first.length === 0 ? [] : [text(`What it owes most to: ${first.join(', ')}.`)]),
  ];
}

function describeMetrics({ evidence, verdict }: CardFacts): readonly CardBlock[] {
  const { metrics } = evidence.comparison;
  const show = (value: number | null): string => (value === null ? '–' : formatNumber(value));
  return [
    text(`Verdict of the gate: ${verdict.outcome}. ${toSentence(verdict.reason)}`),
    {
      kind: 'table',
      caption: 'On the holdout',
      head: [
        'metric',
        'this version',
        evidence.champion === null ? 'champion' : `champion (version ${evidence.champion})`,
      ],
      rows: metrics.map(({ name, challenger, champion }) => [name, show(challenger), show(champion)]),
    },
  ];
}

function describeEvaluation({ evidence: { data } }: CardFacts): readonly CardBlock[] {
  return [
    text(
      `The newest ${formatCount(data.holdoutRows)} rows of snapshot \`${data.snapshotId}\`: no candidate was trained or chosen on them, and one only was examined on them, once.`,
    ),
    text(describeTimes(data.range)),
  ];
}

function describeTimes(range: RetrainingEvidence['data']['range']): string {
  if (range === null) return 'The rows have no time.';
  const day = (atMs: number | null): string =>
    atMs === null ? 'before anything was served' : new Date(atMs).toISOString();
  return `All rows of the snapshot, ${range.of}: ${day(range.fromMs)} to ${day(range.toMs)}.`;
}

function describeTraining({ evidence: { data }, refitRows }: CardFacts): readonly CardBlock[] {
  const classes = data.classes.map(({ name, training, holdout }) => [name, percent(training), percent(holdout)]);
  return [
    text(
      `${formatCount(data.trainRows)} rows of the same snapshot, and ${formatCount(data.validationRows)} later ones to choose by${refitRows === null ? '' : `; then all ${formatCount(refitRows)}`}.`,
    ),
    ...(classes.length === 0
      ? []
      : [
          {
            kind: 'table',
            caption: 'Shares of the classes',
            head: ['class', 'training', 'holdout'],
            rows: classes,
          } as const,
        ]),
  ];
}

/** Every check of the gate, as it came out: also by slice. */
function describeAnalyses({ verdict }: CardFacts): readonly CardBlock[] {
  const lines = toCheckLines(verdict.checks);
  const row = (check: (typeof lines)[number]): readonly string[] => [
    check.title,
    `${check.outcome}${check.advisory ? ' (reported only)' : ''}`,
    interval(check),
    formatCount(check.rowsSeen),
  ];
  const [slices, others] = [true, false].map((isSlice) =>
    lines.filter(({ name }) => name.startsWith('slice:') === isSlice),
  );
  const head = ['check', 'outcome', 'difference and interval', 'rows'];
  return [
    { kind: 'table', caption: 'On all rows', head, rows: others!.map(row) },
    ...(slices!.length === 0 ? [] : [{ kind: 'table', caption: 'By slice', head, rows: slices!.map(row) } as const]),
  ];
}

function interval({ effectSize, interval: found }: Check): string {
  const size = effectSize === undefined ? '–' : formatNumber(effectSize);
  return found === undefined ? size : `${size} (${formatNumber(found.low)} to ${formatNumber(found.high)})`;
}

function describeEthics({ notes, sensitive, verdict }: CardFacts): readonly CardBlock[] {
  const fairness = verdict.checks.filter(({ name }) => name.startsWith('fairness:'));
  const found =
    fairness.length > 0
      ? { kind: 'list' as const, items: fairness.map(({ outcome, reason }) => `${outcome}: ${reason}`) }
      : text(
          sensitive.length === 0
            ? 'Fairness was not looked at: the project names no sensitive columns.'
            : 'Fairness could not be judged.',
        );
  return [text(notes.considerations ?? unsaid), found];
}

function describeCaveats({ verdict, evidence, refitRows }: CardFacts): readonly CardBlock[] {
  const doubts = toCheckLines(verdict.checks).filter(({ outcome }) => outcome !== 'pass');
  const drifted = evidence.drift?.features.filter(({ check }) => check.outcome === 'fail') ?? [];
  return [
    {
      kind: 'list',
      items: [
        ...doubts.map(
          ({ title, outcome, reason, advisory }) =>
            `${title}: ${outcome}${advisory ? ' (reported only)' : ''}: ${reason}`,
        ),
        ...(drifted.length === 0
          ? []
          : [`Drifted before it was trained: ${drifted.map(({ feature }) => feature).join(', ')}`]),
        ...(refitRows === null
          ? []
          : ['The network that serves has seen the holdout’s rows; the one that was examined had not']),
        'Its loss on live rows is watched; where it rises above what the holdout promised, Incumbent signals it',
      ],
    },
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function toSentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
