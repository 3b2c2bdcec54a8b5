import type { Measurement } from './processes.ts';
import type { Row } from './report.ts';

/** Something to be measured again and again. */
export interface Subject {
  readonly name: string;
  readonly measure: () => Promise<Measurement>;
}

/** Measures the subjects in turn, so that what else the machine does falls on all of them; a list of measurements each. */
export async function alternate(subjects: readonly Subject[], runs: number): Promise<readonly Measurement[][]> {
  const measurements: Measurement[][] = subjects.map(() => []);
  for (let round = 1; round <= runs; round += 1) {
    for (const [index, { name, measure }] of subjects.entries()) {
      process.stderr.write(`${name}: run ${round} of ${runs}\n`);
      measurements[index]!.push(await measure());
    }
  }
  return measurements;
}

/** One figure of each subject as rows of a report. */
export function rowsOf(
  subjects: readonly Subject[],
  measurements: readonly (readonly Measurement[])[],
  unit: string,
  figure: (measurement: Measurement) => number,
): readonly Row[] {
  return subjects.map(({ name }, index) => ({ name, unit, values: measurements[index]!.map(figure) }));
}
