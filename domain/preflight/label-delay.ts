import { formatCount } from '../gate/wording.ts';
import type { MonitorPolicy } from '../policy.ts';
import { ok, warn, type Finding } from './finding.ts';
import type { History } from './history.ts';
import { describeDays, rowsPerDay } from './pace.ts';
import { listNames, percent } from './wording.ts';

const dayMs = 86_400_000;
/** Classes whose labels take this many times as long as others' arrive in biased order. */
const unequal = 1.5;
const leastRowsOfClass = 30;

/** How late labels come, and what that means for those who wait for them. */
export function findDelayProblems(history: History, policy: MonitorPolicy): readonly Finding[] {
  const { eventMs, labelMs } = history;
  if (eventMs === null || labelMs === null) {
    const missing = eventMs === null ? 'data.time and data.labelTime' : 'data.labelTime';
    return [ok('label-delay', `labels are taken to be known with their rows (name ${missing} if they come later)`)];
  }
  const delays = labelMs.map((ms, row) => (ms - eventMs[row]!) / dayMs);
  const known = delays.filter((days) => !Number.isNaN(days)).sort();
  if (known.length === 0)
    return [warn('label-delay', 'no row has a time for its label', 'fill data.labelTime, or leave it out')];
  const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))]!;
  const figures = { medianDays: at(0.5), latestDays: at(0.95), neverShare: 1 - known.length / delays.length };
  const spread = `half within ${describeDays(at(0.5))}, 95% within ${describeDays(at(0.95))}`;
  const never = figures.neverShare > 0 ? `, ${percent(figures.neverShare)} never` : '';
  return [
    judgeWait(`labels come ${spread}${never}`, figures, rowsPerDay(eventMs), policy),
    ...findEarly(known),
    ...findUnequal(history, delays),
  ];
}

function judgeWait(
  text: string,
  figures: { readonly medianDays: number; readonly latestDays: number; readonly neverShare: number },
  perDay: number | null,
  { labelDelayRows }: MonitorPolicy,
): Finding {
  if (perDay === null) return ok('label-delay', text, figures);
  const latestRows = Math.round(figures.latestDays * perDay);
  const meaning = `${text}: a verdict waits for ${formatCount(latestRows)} newer rows`;
  if (latestRows <= labelDelayRows) return ok('label-delay', meaning, { ...figures, latestRows });
  const late = `${meaning}, but after ${formatCount(labelDelayRows)} a row counts as never labelled`;
  return warn('label-delay', late, `raise monitor.labelDelayRows to ${formatCount(latestRows)}`, {
    ...figures,
    latestRows,
  });
}

function findEarly(known: Float64Array): readonly Finding[] {
  const early = known.filter((days) => days < 0).length / known.length;
  if (early === 0) return [];
  const text = `${percent(early)} of the labels are known before their rows`;
  return [warn('label-early', text, 'check data.time and data.labelTime: are they swapped, or in different zones?')];
}

/** Which labels come first then says something about the outcome. */
function findUnequal({ labels, schema }: History, delays: Float64Array): readonly Finding[] {
  const medians = schema.classes.flatMap((name, index) => {
    const own = delays.filter((days, row) => labels[row] === index && !Number.isNaN(days)).sort();
    return own.length < leastRowsOfClass ? [] : [{ name, days: own[Math.floor(own.length / 2)]! }];
  });
  const slowest = medians.reduce((a, b) => (b.days > a.days ? b : a), medians[0] ?? { name: '', days: 0 });
  const fastest = medians.reduce((a, b) => (b.days < a.days ? b : a), medians[0] ?? { name: '', days: 0 });
  if (medians.length < 2 || slowest.days <= unequal * fastest.days) return [];
  const text = `labels ${listNames([slowest.name])} take ${describeDays(slowest.days)}, ${listNames([fastest.name])} ${describeDays(fastest.days)} (medians): the newest labels are not like the rest`;
  return [ok('label-order', `${text}, which is why rows are judged only when mature (monitor.matureShare)`)];
}
