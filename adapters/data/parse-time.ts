const withoutOffset = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;

/**
 * Milliseconds since the epoch; NaN for what is no time. A time without an offset is UTC, as it is in the files that models are trained
 * on: JavaScript alone would read it in the zone of the machine that happens to answer.
 */
export function parseTime(text: string): number {
  return Date.parse(withoutOffset.test(text) ? `${text}Z` : text);
}
