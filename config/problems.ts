import type { z } from 'zod';

/** One thing that is wrong with a project's file. */
export interface Problem {
  /** Path of the field, e.g. `policy.retrain.cooldown`. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** A project that can't be used, with everything that is wrong about it. */
export class ProjectError extends Error {
  readonly problems: readonly Problem[];
  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ field, found, expected }) => `  ${field}: found ${found}; ${expected}`);
    super([`${file} is not a valid model project:`, ...lines].join('\n'));
    this.name = 'ProjectError';
    this.problems = problems;
  }
}

type Issue = z.core.$ZodIssue;

/** Turns zod's issues into problems that name the field, what was found, and what would be right. */
export function describeIssues(issues: readonly Issue[], input: unknown): readonly Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue, key));
    const inner = issue.code === 'invalid_union' ? closest(issue.errors) : null;
    const message = inner === null ? issue.message : inner.map(({ message: text }) => text).join(', or ');
    return [{ field: fieldOf(issue.path), found: show(valueAt(input, issue.path)), expected: message }];
  });
}

function unknownKey(issue: Issue, key: string): Problem {
  return {
    field: fieldOf([...issue.path, key]),
    found: 'a field that is not known',
    expected: 'remove it or mend its name',
  };
}

/** Of a union's branches, those that got beyond the type of the value speak most to the point. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const sayable = branches.filter((branch) => branch.some(({ code }) => code !== 'invalid_type'));
  return (sayable.length > 0 ? sayable : branches).flat();
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '(the whole)' : path.map(String).join('.');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100);
}
