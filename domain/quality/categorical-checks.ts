import { countCategories, countOthers, largest, sum } from './categorical-contract.ts';
import type { CategoricalContract } from './contract.ts';
import type { QualityPolicy } from './policy.ts';
import { suspectMissing, suspectRise, suspectStuck } from './share-checks.ts';
import type { Suspicion } from './suspicion.ts';
import { listNames } from './wording.ts';

/** Everything that can be wrong with a window of categories. */
export function suspectCategories(
  feature: string,
  values: readonly (string | null)[],
  contract: CategoricalContract,
  policy: QualityPolicy,
): readonly Suspicion[] {
  const counts = countCategories(values, 0, values.length);
  const rows = sum(counts);
  const known = new Set(contract.categories);
  const [first = ''] = counts.keys();
  return [
    suspectMissing(feature, { hits: values.length - rows, rows: values.length }, contract.missing, policy),
    suspectStuck(
      feature,
      { hits: largest(counts), rows, windowRows: values.length, value: `"${first}"` },
      contract,
      policy,
    ),
    suspectRise(
      { hits: countOthers(counts, known), rows },
      contract.unseen,
      {
        name: `unseen:${feature}`,
        limit: policy.unseenLimit,
        windowRows: values.length,
        broken: `${feature} has categories that training did not have, ${describeNew(counts, known)}`,
        intact: `${feature} has the categories of training`,
        advisory: contract.roams,
        mayLast: true,
      },
      policy,
    ),
  ];
}

/** The most frequent ones first. */
function describeNew(counts: ReadonlyMap<string, number>, known: ReadonlySet<string>): string {
  const others = [...counts].filter(([category]) => !known.has(category)).sort(([, a], [, b]) => b - a);
  return listNames(others.map(([category]) => `"${category.slice(0, 40)}"`));
}
