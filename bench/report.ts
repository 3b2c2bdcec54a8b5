/** What was measured of one subject, a value each run. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** One comparison: how it was done, the figures, and what they say. */
export interface Section {
  readonly title: string;
  readonly setting: string;
  readonly rows: readonly Row[];
  readonly findings: readonly string[];
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

/** 1234567 → "1,234,567"; below 100, three significant digits. */
export function formatFigure(value: number): string {
  if (Math.abs(value) >= 100) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  return String(Number(value.toPrecision(3)));
}

export function renderSection({ title, setting, rows, findings }: Section): string {
  const lines = rows.map(({ name, unit, values }) => {
    const [low, high] = [Math.min(...values), Math.max(...values)].map(formatFigure);
    return `| ${name} | ${formatFigure(median(values))} | ${low} to ${high} | ${unit} | ${values.length} |`;
  });
  return [
    `## ${title}`,
    '',
    setting,
    '',
    '| subject | median | range | unit | runs |',
    '| --- | ---: | ---: | --- | ---: |',
    ...lines,
    '',
    ...findings.map((finding) => `- ${finding}`),
    '',
  ].join('\n');
}
