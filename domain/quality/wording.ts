/** 0.3125 → "31.3%"; shares that aren't 0 never read as 0. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return 'under 0.1%';
  return `${percent.toFixed(1).replace(/\.0$/, '')}%`;
}

/** "a", "a and b", "a, b and 3 more". */
export function listNames(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  const shown = names.slice(0, 3);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Four significant digits; values at the end of what numbers can be are not rounded beyond it. */
export function formatValue(value: number): string {
  const rounded = Number(value.toPrecision(4));
  return String(Number.isFinite(rounded) ? rounded : value);
}
