import { createRng, type RngState } from '../../domain/math/rng.ts';

export interface RepeatableRandom {
  readonly state: () => RngState;
  readonly restore: (state: RngState) => void;
}

/**
 * Makes Math.random of this process repeatable. Layers without a seed draw from it, dropout at every step: without this
 * a user's network would never train to the same bits twice. For a process that does nothing else.
 */
export function seedMathRandom(seed: number): RepeatableRandom {
  let rng = createRng(seed);
  Math.random = () => rng();
  return {
    state: () => rng.state(),
    restore: (state) => {
      rng = createRng(state);
    },
  };
}
