import { createHmac } from 'node:crypto';

/** A value's stand-in: equal for equal values, and telling nothing of them to whoever lacks the key. */
export type Pseudonymise = (value: string) => string;

/** HMAC-SHA-256, of which 128 bits are kept. Another key makes other pseudonyms, which no model knows. */
export function createPseudonymiser(key: string): Pseudonymise {
  return (value) => `h:${createHmac('sha256', key).update(value).digest('base64url').slice(0, 22)}`;
}
