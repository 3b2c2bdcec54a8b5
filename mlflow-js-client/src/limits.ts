import { MlflowError } from './errors.ts';
import type { Limits } from './options.ts';

/** Characters as MLflow counts them: code points. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Throws LIMIT_EXCEEDED for a key that the server would refuse. */
export function checkKey(what: string, key: string, { keyLength }: Pick<Limits, 'keyLength'>): void {
  const advice = 'choose a shorter one';
  if (key === '') throw new MlflowError('LIMIT_EXCEEDED', `${what}: a key must not be empty`);
  const length = lengthOf(key);
  if (length <= keyLength) return;
  const start = `${key.slice(0, 60)}…`;
  throw new MlflowError('LIMIT_EXCEEDED', `${what} "${start}" has ${length} characters, ${keyLength} fit: ${advice}`);
}

/** Throws LIMIT_EXCEEDED for a value that the server would refuse, or cut without a word. */
export function checkValue(what: string, key: string, value: string, limit: number, advice: string): void {
  const length = lengthOf(value);
  if (length <= limit) return;
  throw new MlflowError('LIMIT_EXCEEDED', `${what} "${key}" has ${length} characters, ${limit} fit: ${advice}`);
}

/** Tags of the registry, checked, as they go over the wire. */
export function toRegistryTags(tags: Readonly<Record<string, string>>, limits: Limits): readonly KeyValue[] {
  return Object.entries(tags).map(([key, value]) => {
    checkKey('tag', key, limits);
    checkValue('tag', key, value, limits.registryTagLength, 'shorten it, or keep it as an artifact');
    return { key, value };
  });
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A record as the pairs of the wire. */
export function toPairs(record: Readonly<Record<string, string>> = {}): readonly KeyValue[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}
