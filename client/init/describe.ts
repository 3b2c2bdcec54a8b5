import { taskOf } from '../../domain/task.ts';
import type { FeatureType } from '../../domain/table.ts';
import type { ProjectPlan } from './plan-project.ts';
import { leastRows } from './small-table.ts';

const shownNames = 8;
const shownClasses = 10;
const rareShare = 0.05;

/** What was inferred, a line each; warnings first among the things to do. */
export function describePlan({ config, history, excluded, remarks, leaks }: ProjectPlan): string {
  const { data, policy } = config;
  const lines: (readonly [string, string | null])[] = [
    ['model', config.name],
    ['data', `${count(history.table.rowCount)} rows of ${data.path}`],
    ['label', describeLabel(history, data.label)],
    ['time', describeTime(history.eventMs, data.time ?? null)],
    ['labels known', describeDelay(data.labelTime ?? null)],
    ...describeFeatures(history.schema.features).map((text, index) => [index === 0 ? 'features' : '', text] as const),
    ...excluded.map(({ column, why }, index) => [index === 0 ? 'left out' : '', `"${column}": ${why}`] as const),
    ['policy', policy === undefined ? 'the defaults' : 'the defaults, with shorter clocks for a small table'],
    ...remarks.map((text) => ['warning', text] as const),
    ...rareClasses(history).map((text) => ['warning', text] as const),
    ...leaks.map(({ text, advice }) => ['warning', `${text}: ${advice ?? ''}`] as const),
  ];
  return lines.flatMap(([name, text]) => (text === null ? [] : [`${name.padEnd(13)} ${text}`])).join('\n');
}

const count = (value: number): string => value.toLocaleString('en-US');

function describeLabel({ schema, labels }: ProjectPlan['history'], label: string): string {
  const task = taskOf(schema);
  if (task === 'regression') {
    const [low, high] = labels.reduce(([a, b], one) => [Math.min(a, one), Math.max(b, one)], [Infinity, -Infinity]);
    return `"${label}": regression, from ${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
  }
  const shares = classShares(labels, schema.classes).slice(0, shownClasses);
  const more = schema.classes.length > shownClasses ? `, and ${schema.classes.length - shownClasses} more` : '';
  const named = shares.map(({ name, share }) => `${name} ${percent(share)}`).join(', ');
  return `"${label}": ${task}, ${schema.classes.length} classes (${named}${more})`;
}

function classShares(labels: Float64Array, classes: readonly string[]) {
  const rows = new Float64Array(classes.length);
  for (const label of labels) rows[label]! += 1;
  const found = classes.map((name, index) => ({ name, rows: rows[index]!, share: rows[index]! / labels.length }));
  return found.sort((a, b) => b.rows - a.rows);
}

function rareClasses({ schema, labels }: ProjectPlan['history']): readonly string[] {
  return classShares(labels, schema.classes)
    .filter(({ share }) => share < Math.min(rareShare, 0.5 / schema.classes.length))
    .slice(0, shownClasses)
    .map(({ name, rows, share }) => `class "${name}" is rare: ${count(rows)} rows, ${percent(share)}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 2 : 1)}%`;
}

function describeTime(eventMs: Float64Array | null, column: string | null): string {
  if (eventMs === null) return 'row order is time';
  const day = (ms: number | undefined): string => new Date(ms ?? 0).toISOString().slice(0, 10);
  return `"${column}", ${day(eventMs[0])} to ${day(eventMs.at(-1))}`;
}

function describeDelay(labelTime: string | null): string {
  return labelTime === null ? 'with their rows (say --label-time if they come later)' : `at "${labelTime}"`;
}

function describeFeatures(features: readonly { name: string; type: FeatureType }[]): readonly string[] {
  const types = [...new Set(features.map(({ type }) => type))];
  return types.map((type) => {
    const names = features.filter((feature) => feature.type === type).map(({ name }) => name);
    const shown = names.slice(0, shownNames).join(', ');
    return `${names.length} ${type}: ${shown}${names.length > shownNames ? ', …' : ''}`;
  });
}

/** A folder's README: what to run next. */
export function renderReadme({ config }: ProjectPlan, directory: string): string {
  return `# ${config.name}

A model project of Incumbent: \`${config.data.path}\`, label \`${config.data.label}\`. Everything that is not said in the project's file has a
default (features, candidates, policy); rows are used in the order of ${config.data.time === undefined ? 'the file' : `\`${config.data.time}\``}.

\`\`\`sh
incumbent check ${directory}      # will it work: enough data, leaks, what the gate and probation can see
incumbent backtest ${directory}   # what the policy would have done with this history
incumbent start ${directory}      # keep the model: Temporal, a worker, the prediction service
\`\`\`

A project takes ${leastRows} labelled rows at least. Run the commands with \`npx incumbent\` from Incumbent's folder.
`;
}
