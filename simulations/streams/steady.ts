import type { Rng } from '../../domain/math/rng.ts';
import { chance, happens, normal, rowOf, several, type MadeStream } from './draw.ts';

const rows = 12_000;
const score = (a: number, b: number, c: number): number => Math.tanh(a) + Math.tanh(b) - 0.5 * Math.tanh(c);

function steady(name: string, about: string, open: MadeStream['open']): MadeStream {
  return { name, about, kind: 'steady', rows, open };
}

function classes(name: string, about: string, draw: (row: number, rng: Rng) => readonly number[], intercept = 0) {
  return steady(name, about, (rng) => (row) => {
    const values = draw(row, rng);
    const [a, b, c] = values as [number, number, number];
    return rowOf(values, Number(happens(rng, chance(intercept + score(a, b, c)))));
  });
}

/** The labels lean on a weather that no feature tells, some 50 rows long. */
const weather = steady('autocorrelated', 'neighbouring rows alike, and their errors with them', (rng) => {
  let [hidden, slow] = [normal(rng), normal(rng)];
  return () => {
    hidden = 0.98 * hidden + 0.2 * normal(rng);
    slow = 0.99 * slow + 0.14 * normal(rng);
    const values = [slow, normal(rng), normal(rng)] as const;
    return rowOf(values, Number(happens(rng, chance(hidden + score(...values)))));
  };
});

export const steadyStreams: readonly MadeStream[] = [
  classes('iid', 'independent rows', (_, rng) => several(3, () => normal(rng))),
  classes('seasonal', 'a day of 336 rows', (row, rng) => {
    const season = Math.sin((2 * Math.PI * row) / 336);
    return [normal(rng) + 1.5 * season, normal(rng), season];
  }),
  classes('heavy-tailed', 'features without a mean', (_, rng) => [
    normal(rng) / normal(rng),
    normal(rng) ** 3,
    normal(rng) / Math.sqrt(0.05 + rng()),
  ]),
  classes('rare', '2 % positive', (_, rng) => several(3, () => normal(rng)), -4.3),
  weather,
  steady('five-classes', 'five overlapping classes', (rng) => () => {
    const label = Math.floor(5 * rng());
    return rowOf(
      several(4, (at) => normal(rng) + (at === label ? 1.5 : 0)),
      `class ${label}`,
    );
  }),
  steady('values', 'regression: independent rows, errors of Student’s law with 3 degrees of freedom', (rng) => () => {
    const values = several(4, () => normal(rng));
    const [a, b, c] = values as [number, number, number];
    const student = normal(rng) / Math.sqrt((normal(rng) ** 2 + normal(rng) ** 2 + normal(rng) ** 2) / 3);
    return rowOf(values, 2 * a + Math.sin(2 * b) + a * c + student);
  }),
];
