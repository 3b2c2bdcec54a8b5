import type { ShownVersion } from './list-versions.ts';

/** A version a line, and how many have their files and would keep them. */
export function formatVersions(versions: readonly ShownVersion[]): string {
  if (versions.length === 0) return 'there is no version yet';
  const rows = versions.map((one) => [one.version, toTime(one.createdAtMs), describe(one), one.gate ?? '', tell(one)]);
  const table = [['version', 'made', 'what', 'gate', 'files'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const there = versions.filter(({ removedAtMs }) => removedAtMs === null);
  const going = there.filter(({ kept }) => kept === null);
  const figures = `${versions.length} versions, ${there.length} with their files; those of ${going.length} go at the next look`;
  return [...lines, '', figures].join('\n');
}

function describe({ what, followOf }: ShownVersion): string {
  return followOf === null ? what : `${what}, of version ${followOf}`;
}

function tell({ removedAtMs, kept }: ShownVersion): string {
  if (removedAtMs !== null) return `removed ${toTime(removedAtMs)}`;
  return kept === null ? 'go' : `kept: ${kept}`;
}

function toTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
