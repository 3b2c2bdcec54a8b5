import { access, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { columnOf } from '../domain/gate/slices/declaration.ts';
import type { ModelProject, Policy, TrainingPlan } from '../domain/project.ts';
import { defaultPolicy, defaultTraining } from './defaults.ts';
import { modelSchema, type ModelConfig } from './model-schema.ts';
import { describeIssues, type Problem, ProjectError } from './problems.ts';

/** What the command line says over the project's file. */
export interface ProjectOverrides {
  readonly dataPath?: string;
  readonly take?: number;
  readonly policy?: ModelConfig['policy'];
}

export const projectFileNames = ['incumbent.config.ts', 'incumbent.config.json'] as const;

/** Reads and checks the project in a folder. Throws a ProjectError that names every field that is wrong. */
export async function loadProject(directory: string, overrides: ProjectOverrides = {}): Promise<ModelProject> {
  const root = resolve(directory);
  const file = await findFile(root);
  return toProject(file, withOverrides(await readConfig(file), overrides));
}

/** Checks what a project's file says, and fills in the defaults. Throws a ProjectError that names every field that is wrong. */
export function toProject(file: string, input: unknown): ModelProject {
  const parsed = modelSchema.safeParse(input);
  if (!parsed.success) throw new ProjectError(file, describeIssues(parsed.error.issues, input));
  const unseen = findUnseen(parsed.data);
  if (parsed.data.utility && parsed.data.utilityModule) {
    const found = 'both utility and utilityModule';
    throw new ProjectError(file, [{ field: 'utility', found, expected: 'give one of them' }]);
  }
  if (unseen.length > 0) throw new ProjectError(file, unseen);
  return resolveProject(dirname(file), parsed.data);
}

/** Rows carry features only: what is excluded, or the label, can't be looked at in the gate. */
function findUnseen({ slices = [], sensitive = [], exclude = [], data }: z.output<typeof modelSchema>): Problem[] {
  const { label, id, time, labelTime } = data;
  const unseen = new Set<unknown>([...exclude, label, id, time, labelTime]);
  const named = [
    ...slices.map((slice) => ['slices', columnOf(slice)]),
    ...sensitive.map((column) => ['sensitive', column]),
  ];
  return named
    .filter(([, column]) => unseen.has(column))
    .map(([field, column]) => ({
      field: field!,
      found: JSON.stringify(column),
      expected: 'name a feature: a column that is excluded, the label, the id or a time is not among the inputs',
    }));
}

async function findFile(root: string): Promise<string> {
  for (const name of projectFileNames) {
    const file = join(root, name);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  const expected = `put ${projectFileNames.join(' or ')} there`;
  throw new ProjectError(root, [{ field: '(the folder)', found: 'no project file', expected }]);
}

async function readConfig(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8')) as unknown;
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new ProjectError(file, [{ field: '(the file)', found, expected: 'a file that loads' }]);
  }
}

function withOverrides(config: unknown, { dataPath, take, policy }: ProjectOverrides): unknown {
  if (typeof config !== 'object' || config === null) return config;
  const { data, policy: own } = config as Partial<ModelConfig>;
  const changed = {
    ...data,
    ...(dataPath === undefined ? {} : { path: resolve(dataPath) }),
    ...(take === undefined ? {} : { take }),
  };
  return { ...config, data: changed, ...(policy === undefined ? {} : { policy: mergeParts(own ?? {}, policy) }) };
}

function resolveProject(root: string, config: z.output<typeof modelSchema>): ModelProject {
  const { data, training = {}, utilityModule } = config;
  const at = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  const buildModule = training.buildModule ?? null;
  return {
    name: config.name,
    task: config.task ?? null,
    data: {
      path: at(data.path),
      label: data.label,
      id: data.id ?? null,
      time: data.time ?? null,
      labelTime: data.labelTime ?? null,
      take: data.take ?? null,
    },
    features: config.features ?? {},
    exclude: config.exclude ?? [],
    goldenSet: config.goldenSet == null ? null : at(config.goldenSet),
    slices: config.slices ?? [],
    sensitive: config.sensitive ?? [],
    privacy: { hash: config.privacy?.hash ?? [], omit: config.privacy?.omit ?? [] },
    utility: utilityModule === undefined ? (config.utility ?? null) : { module: at(utilityModule) },
    card: config.card ?? {},
    training: {
      ...defaultTraining,
      ...(defined(training) as Partial<TrainingPlan>),
      buildModule: buildModule === null ? null : at(buildModule),
    },
    policy: mergeParts(defaultPolicy, config.policy ?? {}) as Policy,
  };
}

/** Field by field within each part; what is left out keeps its default. */
function mergeParts(base: object, changes: object): object {
  const parts = base as Record<string, object | undefined>;
  const merged = Object.entries(defined(changes)).map(([part, fields]) => [
    part,
    { ...parts[part], ...defined(fields as object) },
  ]);
  return { ...base, ...(Object.fromEntries(merged) as object) };
}

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
