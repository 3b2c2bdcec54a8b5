/** More points of a curve say nothing that an eye could see. */
export const mostPoints = 200;

/** At most `most` of the values, evenly by their place, the first and the last among them. Example: 0 … 4 thinned to 3: 0, 2, 4. */
export function thin<T>(values: readonly T[], most: number = mostPoints): readonly T[] {
  if (values.length <= most) return values;
  const last = values.length - 1;
  return Array.from({ length: most }, (_, place) => values[Math.round((place * last) / (most - 1))]!);
}
