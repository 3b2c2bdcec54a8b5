import { binomialSurvival } from '../math/binomial.ts';
import { normalCdf } from '../math/normal.ts';

/** Below this many discordant rows the p-value is the exact binomial tail. */
const exactBelowRows = 25;

interface McNemar {
  /** Rows that only the challenger got right. */
  readonly onlyChallengerRight: number;
  /** Rows that only the champion got right. */
  readonly onlyChampionRight: number;
  readonly method: 'exact' | 'normal';
  /** One-sided: chance of so many rows for the challenger, or more, were both equally good. */
  readonly pValueBetter: number;
  /** The same for the champion. */
  readonly pValueWorse: number;
}

/**
 * McNemar's test on the discordant rows. With 25 or more, z = (b − c − 1)/√(b + c), corrected for continuity.
 * Example: 15 rows for the challenger and 5 for the champion give p = .0207.
 */
export function testMcNemar(onlyChallengerRight: number, onlyChampionRight: number): McNemar {
  const discordant = onlyChallengerRight + onlyChampionRight;
  const method = discordant < exactBelowRows ? 'exact' : 'normal';
  const pValue = (wins: number) =>
    method === 'exact'
      ? binomialSurvival(wins, discordant, 0.5)
      : normalCdf(-(2 * wins - discordant - 1) / Math.sqrt(discordant));
  return {
    onlyChallengerRight,
    onlyChampionRight,
    method,
    pValueBetter: pValue(onlyChallengerRight),
    pValueWorse: pValue(onlyChampionRight),
  };
}

/** Counts the discordant rows of two columns of 0/1 losses. */
export function countDiscordant(
  championLosses: Float64Array,
  challengerLosses: Float64Array,
): readonly [number, number] {
  let onlyChallengerRight = 0;
  let onlyChampionRight = 0;
  championLosses.forEach((loss, row) => {
    if (loss > challengerLosses[row]!) onlyChallengerRight++;
    if (loss < challengerLosses[row]!) onlyChampionRight++;
  });
  return [onlyChallengerRight, onlyChampionRight];
}
