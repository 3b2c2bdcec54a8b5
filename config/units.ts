import { z } from 'zod';
import type { Amount } from '../domain/policy.ts';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** "30s", "12h", "7d", "2w" in milliseconds; null where the text is none of these. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim());
  const unit = unitMs[match?.[2] ?? ''];
  return unit === undefined ? null : Number(match?.[1]) * unit;
}

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
