/** How a policy is drawn: no two share a colour, a dash or a symbol, so that none of them is needed to tell them apart. */
export interface Look {
  readonly colour: string;
  readonly dash: string;
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'wye' | 'cross';
  readonly width: number;
}

const dashes = ['2 3', '8 3', '1 4 6 4', '12 4', '4 2', '8 3 2 3'];
const symbols = ['square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;

/** The project's own policy is the solid, thick line. */
export function looksOf(policies: readonly string[]): ReadonlyMap<string, Look> {
  const others = policies.filter((policy) => policy !== 'policy');
  return new Map(
    policies.map((policy): [string, Look] => {
      const index = others.indexOf(policy);
      if (index === -1) return [policy, { colour: 'var(--c0)', dash: 'none', symbol: 'circle', width: 2.5 }];
      const at = index % dashes.length;
      return [policy, { colour: `var(--c${at + 1})`, dash: dashes[at]!, symbol: symbols[at]!, width: 1.5 }];
    }),
  );
}
