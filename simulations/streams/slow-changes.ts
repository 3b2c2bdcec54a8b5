import type { Rng } from '../../domain/math/rng.ts';
import { chance, happens, normal, rowOf, several, type MadeStream } from './draw.ts';

const rows = 12_000;
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, at) => sum + x * b[at]!, 0);

/** Hulten, Spencer & Domingos (2001): the weights of ten features wander, now and then one turns back. */
const hyperplane: MadeStream = {
  name: 'hyperplane',
  about: 'rotating hyperplane, ten features, 5 % noise',
  kind: 'drift',
  rows,
  open: (rng) => {
    const weights = several(10, () => rng());
    const steps = several<number>(10, (at) => (at < 4 ? 0.001 : 0));
    return () => {
      const values = several(10, () => rng());
      const isAbove = dot(weights, values) >= weights.reduce((sum, w) => sum + w, 0) / 2;
      weights.forEach((_, at) => {
        weights[at]! += steps[at]!;
        if (happens(rng, 0.0005)) steps[at] = -steps[at]!;
      });
      return rowOf(values, Number(isAbove !== happens(rng, 0.05)));
    };
  },
};

interface Centre {
  readonly at: number[];
  readonly towards: readonly number[];
  readonly label: number;
  readonly spread: number;
}

/** Centres of classes that move on straight ways and bounce at the walls. */
function rbf(name: string, about: string, classes: number, speed: number): MadeStream {
  const open = (rng: Rng) => {
    const centres = several(15, (at): Centre => ({
      at: several(6, () => rng()),
      towards: several(6, () => normal(rng)),
      label: at % classes,
      spread: 0.05 + 0.1 * rng(),
    }));
    const signs = centres.map(({ at }) => at.map(() => 1));
    return () => {
      centres.forEach(({ at, towards }, one) =>
        at.forEach((_, axis) => {
          at[axis]! += speed * towards[axis]! * signs[one]![axis]!;
          if (at[axis]! < 0 || at[axis]! > 1) signs[one]![axis]! *= -1;
        }),
      );
      const centre = centres[Math.floor(rng() * centres.length)]!;
      return rowOf(
        centre.at.map((x) => x + centre.spread * normal(rng)),
        `class ${centre.label}`,
      );
    };
  };
  return { name, about, kind: 'drift', rows, open };
}

/** The old concept's rows become fewer, the new one's more (a sigmoid over 4,000 rows). */
const mixture: MadeStream = {
  name: 'gradual',
  about: 'one concept gives way to another over 4,000 rows',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const values = several(5, () => 2 * rng() - 1);
    const [a, b, c] = values as [number, number, number];
    const isNew = happens(rng, chance((row - 6_000) / 700));
    return rowOf(values, Number((isNew ? b - c > 0 : a + b > 0) !== happens(rng, 0.1)));
  },
};

/** The chance of the label, given the row, never changes: only where the rows are does. */
const covariate: MadeStream = {
  name: 'covariate',
  about: 'the inputs wander over a crooked concept that stays',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const a = 3 * Math.sin((1.5 * Math.PI * row) / rows) + normal(rng);
    const b = normal(rng);
    return rowOf([a, b, normal(rng)], Number(happens(rng, chance(3 * Math.sin(1.5 * a) + b))));
  },
};

/** What a class looks like stays, how often it comes doesn't. */
const prior: MadeStream = {
  name: 'prior',
  about: 'the share of class 1 goes from .15 to .6 and back',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const label = Number(happens(rng, 0.15 + 0.45 * Math.sin((Math.PI * row) / rows) ** 4));
    return rowOf(
      several(4, (at) => normal(rng) + (at < 2 ? label : 0)),
      label,
    );
  },
};

/** Friedman (1991); at two thirds the features change places (as in Ikonomovska's streams). */
const friedman: MadeStream = {
  name: 'friedman',
  about: 'regression: Friedman, the features change places once',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const values = several(10, () => rng());
    const [a, b, c, d, e] = (row < (2 * rows) / 3 ? values : [3, 1, 4, 0, 2].map((at) => values[at]!)) as number[];
    const mean = 10 * Math.sin(Math.PI * a! * b!) + 20 * (c! - 0.5) ** 2 + 10 * d! + 5 * e!;
    return rowOf(values, mean + normal(rng));
  },
};

/** Amounts, most small and some huge, whose level and slope rise by and by. */
const amounts: MadeStream = {
  name: 'amounts',
  about: 'regression: heavy-tailed amounts that inflate',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const [a, b] = [normal(rng), normal(rng)];
    const shop = `shop ${Math.floor(12 ** rng())}`;
    const grown = row / rows;
    const amount = Math.exp(3 + 0.5 * a + grown * (0.8 + 0.5 * b) + 0.8 * normal(rng));
    return { a, b, shop, y: Math.round(100 * amount) / 100 };
  },
};

export const slowChanges: readonly MadeStream[] = [
  hyperplane,
  rbf('rbf', 'centres of five classes move', 5, 0.0002),
  mixture,
  covariate,
  prior,
  friedman,
  amounts,
];
