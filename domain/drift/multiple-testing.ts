/** Adjusts p-values for their number, each to be compared with the level as it is; in the order given. */
export type Adjustment = (pValues: readonly number[]) => number[];

/** Benjamini and Hochberg (1995): at most the level as the expected share of false among all findings. [.01, .04, .03] → [.03, .04, .04]. */
export const adjustByBenjaminiHochberg: Adjustment = (pValues) => {
  const total = pValues.length;
  const adjusted = new Array<number>(total);
  let least = 1;
  sortedIndices(pValues)
    .reverse()
    .forEach((index, fromLargest) => {
      least = Math.min(least, (pValues[index]! * total) / (total - fromLargest));
      adjusted[index] = least;
    });
  return adjusted;
};

/** Holm (1979): at most the level as the chance of any false finding. [.01, .04, .03] → [.03, .06, .06]. */
export const adjustByHolm: Adjustment = (pValues) => {
  const total = pValues.length;
  const adjusted = new Array<number>(total);
  let most = 0;
  sortedIndices(pValues).forEach((index, fromSmallest) => {
    most = Math.max(most, Math.min(1, pValues[index]! * (total - fromSmallest)));
    adjusted[index] = most;
  });
  return adjusted;
};

function sortedIndices(pValues: readonly number[]): number[] {
  return pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
}
