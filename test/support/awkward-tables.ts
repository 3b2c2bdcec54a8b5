import { normalQuantile } from '../../domain/math/normal.ts';
import { createRng } from '../../domain/math/rng.ts';

const rows = 600;
const hourMs = 3_600_000;

interface AwkwardRow {
  readonly x: number;
  readonly z: number;
  readonly isYes: boolean;
  readonly at: string;
  readonly row: number;
}

/** Rows whose label leans on `x`. */
function makeRows(): readonly AwkwardRow[] {
  const random = createRng(7);
  const normal = (): number => normalQuantile(Math.max(1e-9, random()));
  return Array.from({ length: rows }, (_, row) => {
    const x = normal();
    const at = new Date(Date.UTC(2026, 0, 1) + row * hourMs).toISOString();
    return { x, z: random(), isYes: x + normal() / 2 > 0, at, row };
  });
}

function toCsv(header: string, line: (row: AwkwardRow) => string): string {
  return [header, ...makeRows().map(line)].join('\n');
}

/** Files as people have them. */
export const awkwardTables = {
  semicolons: toCsv('Order ID;Unit Price;Kind of thing;Ordered;sold?', ({ x, row, at, isYes, z }) =>
    [`A-${row}`, x.toFixed(2).replace('.', ','), z > 0.5 ? 'a b' : 'é', at.slice(0, 19), isYes ? 'yes' : 'no'].join(
      ';',
    ),
  ),
  quoted: toCsv('"row","x","text, with comma","y"', ({ x, row, z, isYes }) =>
    [row, x, z > 0.5 ? 'a, b' : 'say ""c""', isYes ? 1 : 0].map((value) => `"${value}"`).join(','),
  ),
  threeClasses: toCsv('x,z,const,empty,cls', ({ x, z }) =>
    [x, z < 0.3 ? '' : z, 'k', '', x < 0 ? 'low' : x < 1 ? 'mid' : 'high'].join(','),
  ),
  regression: toCsv('x,na,price', ({ x, z, row }) =>
    [x, row % 20 === 0 ? 'NA' : z.toFixed(3), (100 + 10 * x + z).toFixed(2)].join(','),
  ),
  leaking: toCsv('x,opened,closed,refund,y', ({ x, at, row, isYes }) =>
    [x, at, new Date(Date.UTC(2026, 0, 2) + row * hourMs).toISOString(), isYes ? 5.5 : '', isYes ? 1 : 0].join(','),
  ),
  imbalanced: toCsv('x,y', ({ x }) => [x, x > 2 ? 'fraud' : 'fine'].join(',')),
  oneClass: toCsv('x,y', ({ x }) => `${x},1`),
  missingLabels: toCsv('x,y', ({ x, row, isYes }) => `${x},${row % 10 === 0 ? '' : Number(isYes)}`),
  soonTimes: toCsv('t,x,y', ({ x, at, row, isYes }) => [row === 3 ? 'soon' : at, x, Number(isYes)].join(',')),
  onlyIds: toCsv('id,y', ({ row, isYes }) => `${row},${Number(isYes)}`),
  few: 'x,y\n1,0\n2,1\n',
} as const;
