import { isAbsolute, join, relative } from 'node:path';
import { didYouMean } from '../../adapters/data/data-error.ts';
import { readLabelledRows } from '../../adapters/data/read-labelled-rows.ts';
import { surveyColumns, type Survey } from '../../adapters/data/survey-columns.ts';
import { toProject } from '../../config/load-project.ts';
import type { ModelConfig } from '../../config/model-schema.ts';
import type { Finding } from '../../domain/preflight/finding.ts';
import type { History } from '../../domain/preflight/history.ts';
import { findLeaks } from '../../domain/preflight/leaks.ts';
import { findOddities } from '../../domain/preflight/oddities.ts';
import { InitError, type InitRequest } from './request.ts';
import { leastRows, policyForRows } from './small-table.ts';

export interface Excluded {
  readonly column: string;
  /** Follows the column's name: "has the same value in every row". */
  readonly why: string;
}

/** A project that can be written, and all that the data say of it. */
export interface ProjectPlan {
  readonly config: ModelConfig;
  readonly history: History;
  readonly excluded: readonly Excluded[];
  /** `"price" holds numbers with a decimal comma: …` */
  readonly remarks: readonly string[];
  readonly leaks: readonly Finding[];
}

/** Reads the data and chooses what the project says. Throws an InitError or a DataError where no project can be made. */
export async function planProject(request: InitRequest): Promise<ProjectPlan> {
  const survey = await surveyColumns(request.dataPath);
  checkColumns(request, survey);
  if (survey.rows < leastRows)
    throw new InitError(`${request.dataPath} has ${survey.rows} rows: a project takes ${leastRows} at least`);
  const unusable = [...survey.unusable].map(([column, why]) => ({ column, why }));
  const roles = rolesOf(request).map(({ column }) => column);
  const excluded = [
    ...request.exclude.map((column) => ({ column, why: 'as you said' })),
    ...unusable.filter(({ column }) => !roles.includes(column) && !request.exclude.includes(column)),
  ];
  const history = await readHistory(request, toConfig(request, excluded, survey.rows));
  return choose(request, excluded, history);
}

function choose(request: InitRequest, excluded: readonly Excluded[], history: History): ProjectPlan {
  const oddities = findOddities(history.table, history.schema.features);
  const useless = oddities.filter(({ kind }) => kind === 'constant' || kind === 'id-like');
  const all = [...excluded, ...useless.map(({ feature, text }) => ({ column: feature, why: text }))];
  const left = history.schema.features.filter(({ name }) => !all.some(({ column }) => column === name));
  if (left.length === 0) {
    const why = all.map(({ column, why: reason }) => `"${column}" ${reason}`).join('; ');
    throw new InitError(`${request.dataPath} has no column left that could be a feature: ${why}`);
  }
  const shown = { ...history, schema: { ...history.schema, features: left } };
  return {
    config: toConfig(request, all, history.table.rowCount),
    history: shown,
    excluded: all,
    remarks: oddities.filter((odd) => !useless.includes(odd)).map(({ feature, text }) => `"${feature}" ${text}`),
    leaks: findLeaks(shown),
  };
}

interface Role {
  readonly column: string;
  readonly option: string;
}

function rolesOf({ label, time, labelTime, id }: InitRequest): readonly Role[] {
  const named = [
    { column: label, option: '--label' },
    { column: time, option: '--time' },
    { column: labelTime, option: '--label-time' },
    { column: id, option: '--id' },
  ];
  return named.flatMap(({ column, option }) => (column === null ? [] : [{ column, option }]));
}

function checkColumns(request: InitRequest, { names }: Survey): void {
  const roles = rolesOf(request);
  const excluded = request.exclude.map((column) => ({ column, option: '--exclude' }));
  for (const { column, option } of [...roles, ...excluded]) {
    if (names.includes(column)) continue;
    const there = `there are: ${names.map((name) => `"${name}"`).join(', ')}`;
    throw new InitError(
      `${option}: ${request.dataPath} has no column "${column}"${didYouMean(column, names)}; ${there}`,
    );
  }
  for (const [index, { column, option }] of roles.entries()) {
    const other = [...roles.slice(0, index), ...excluded].find((one) => one.column === column);
    if (other !== undefined) throw new InitError(`${option} and ${other.option} both name the column "${column}"`);
  }
}

function toConfig(request: InitRequest, excluded: readonly Excluded[], rows: number): ModelConfig {
  const { directory, dataPath, label, time, labelTime, id } = request;
  const path = relative(directory, dataPath);
  const policy = policyForRows(rows);
  return {
    name: request.name ?? nameFrom(directory),
    data: {
      path: isAbsolute(path) ? path : path.replaceAll('\\', '/'),
      label,
      ...(id === null ? {} : { id }),
      ...(time === null ? {} : { time }),
      ...(labelTime === null ? {} : { labelTime }),
    },
    ...(excluded.length === 0 ? {} : { exclude: excluded.map(({ column }) => column) }),
    ...(policy === undefined ? {} : { policy }),
  };
}

/** The folder's name as a model's name: lower-case letters, digits and "-". */
function nameFrom(directory: string): string {
  const words = (directory.split(/[\\/]/).at(-1) ?? '').toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('-').slice(0, 63).replace(/-$/, '') ?? 'model';
}

async function readHistory(request: InitRequest, config: ModelConfig): Promise<History> {
  const { schema, rows, eventMs, labelMs } = await readLabelledRows(
    toProject(join(request.directory, 'the project'), config),
  );
  return { schema, table: rows.table, labels: rows.labels, eventMs, labelMs };
}
