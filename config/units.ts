import { z } from 'zod';
import type { Amount } from '../domain/policy.ts';
import { parseDuration } from './parse-duration.ts';

const durationText = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  context.addIssue({ code: 'custom', message: `"${text}" is no duration: write "30s", "15m", "12h", "7d" or "2w"` });
  return z.NEVER;
});

/** Wall-clock time: a text like "7d", or milliseconds. */
export const durationSchema = z.union([z.number().nonnegative(), durationText]);

const count = z.number().positive();

/** A span on a policy clock: { rows }, { labels }, { eventMs }, or event time as a text like "7d". */
export const amountSchema = z.union([
  z.strictObject({ rows: count }),
  z.strictObject({ labels: count }),
  z.strictObject({ eventMs: count }),
  durationText.transform((eventMs): Amount => ({ eventMs })),
]) satisfies z.ZodType<Amount, unknown>;
