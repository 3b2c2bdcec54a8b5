import type { Rng } from '../../domain/math/rng.ts';
import { happens, pick, rowOf, several, type DrawnRow, type MadeStream } from './draw.ts';

const rows = 12_000;
/** The concept that holds at a row, where there are so many of equal length one after the other. */
const phase = (row: number, phases: number): number => Math.min(phases - 1, Math.floor((row * phases) / rows));

/** Of a label that is wrong once in ten times. */
const noisy = (rng: Rng, label: boolean): number => Number(label !== happens(rng, 0.1));

/** Street & Kim (2001): two of three features together below a threshold, which jumps. */
const sea: MadeStream = {
  name: 'sea',
  about: 'SEA: the threshold jumps three times',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const values = several(3, () => 10 * rng());
    return rowOf(values, noisy(rng, values[0]! + values[1]! <= [8, 9, 7, 9.5][phase(row, 4)]!));
  },
};

/** Gama et al. (2004): above or below a sine; each concept is the last one turned round. */
const sine: MadeStream = {
  name: 'sine-turned',
  about: 'SINE1: the classes change places twice',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const [a, b] = [rng(), rng()];
    return rowOf([a, b], noisy(rng, b < Math.sin(a) === (phase(row, 3) !== 1)));
  },
};

/** Schlimmer & Granger (1986): three concepts over three attributes, no number among them. */
const stagger: MadeStream = {
  name: 'stagger',
  about: 'STAGGER: categories only, three concepts',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const size = pick(rng, ['small', 'medium', 'large']);
    const colour = pick(rng, ['red', 'blue', 'green']);
    const shape = pick(rng, ['circle', 'square', 'triangle']);
    const concepts = [size === 'small' && colour === 'red', colour === 'green' || shape === 'circle', size !== 'small'];
    return { size, colour, shape, y: concepts[phase(row, 3)] ? 'yes' : 'no' };
  },
};

interface Applicant {
  readonly age: number;
  readonly salary: number;
  readonly education: number;
}

/** Agrawal, Imielinski & Swami (1993), functions 1 to 3. */
const agrawalFunctions: readonly ((of: Applicant) => boolean)[] = [
  ({ age }) => age < 40 || age >= 60,
  ({ age, salary }) => {
    if (age < 40) return salary >= 50_000 && salary <= 100_000;
    return age < 60 ? salary >= 75_000 && salary <= 125_000 : salary >= 25_000 && salary <= 75_000;
  },
  ({ age, education }) => {
    if (age < 40) return education <= 1;
    return age < 60 ? education >= 1 && education <= 3 : education >= 2;
  },
];

const agrawal: MadeStream = {
  name: 'agrawal',
  about: 'Agrawal: the function changes twice; numbers, categories and many useless columns',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const salary = Math.round(20_000 + 130_000 * rng());
    const age = 20 + Math.floor(61 * rng());
    const education = Math.floor(5 * rng());
    const label = noisy(rng, agrawalFunctions[phase(row, 3)]!({ age, salary, education }));
    return {
      salary,
      commission: salary >= 75_000 ? 0 : Math.round(10_000 + 65_000 * rng()),
      age,
      education: `level ${education}`,
      car: `brand ${Math.floor(20 * rng())}`,
      zipcode: `${10_000 + Math.floor(9 * rng())}`,
      house: Math.round(50_000 + 100_000 * rng()),
      loan: Math.round(500_000 * rng()),
      y: label === 1 ? 'A' : 'B',
    };
  },
};

const segments = [0x77, 0x24, 0x5d, 0x6d, 0x2e, 0x6b, 0x7b, 0x25, 0x7f, 0x6f];

/** Breiman et al. (1984): a digit by seven lamps, each wrong once in ten times; 17 more tell nothing. A drift changes which lamp is which. */
const led: MadeStream = {
  name: 'led',
  about: 'LED: ten classes; four lamps change places twice',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const digit = Math.floor(10 * rng());
    const lamps = several(7, (at) => ((segments[digit]! >> at) & 1) ^ Number(happens(rng, 0.1)));
    const all = [...lamps, ...several(17, () => Number(happens(rng, 0.5)))];
    const swapped = 4 * phase(row, 3);
    for (let at = 0; at < swapped / 2; at++) [all[at], all[7 + at]] = [all[7 + at]!, all[at]!];
    return rowOf(all, digit);
  },
};

/** Two concepts by turns: what was learned once comes back into season. */
const recurring: MadeStream = {
  name: 'recurring',
  about: 'two concepts that hold by turns, 2,000 rows each',
  kind: 'drift',
  rows,
  open: (rng) => (row) => {
    const values = several(4, () => 2 * rng() - 1);
    const [a, b, c] = values as [number, number, number];
    return rowOf(values, noisy(rng, phase(row, 6) % 2 === 0 ? a + b > 0 : a - c * b > 0.2));
  },
};

/** Of 100 rows two are positive; which ones they are changes. */
const rare: MadeStream = {
  name: 'rare-drift',
  about: '2 % positive; what they look like changes once',
  kind: 'drift',
  rows,
  open:
    (rng) =>
    (row): DrawnRow => {
      const isPositive = happens(rng, 0.02);
      const values = several(6, () => 2 * rng() - 1);
      const at = phase(row, 2) === 0 ? 0 : 2;
      if (isPositive) for (const one of [at, at + 1]) values[one] = 0.6 + 0.6 * rng();
      return rowOf(values, isPositive ? 'fraud' : 'fine');
    },
};

export const turningPoints: readonly MadeStream[] = [sea, sine, stagger, agrawal, led, recurring, rare];
