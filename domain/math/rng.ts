/** Four 32-bit words: all there is to a generator, so that it can be stored and carried on. */
export type RngState = readonly [number, number, number, number];

/** Uniform numbers in [0, 1) with 32 random bits each. */
export interface Rng {
  (): number;
  readonly state: () => RngState;
}

/**
 * The generator sfc32 (Doty-Humphrey's PractRand), from a seed or from a stored state. The same seed gives the same
 * numbers on every machine; any number is a seed, and near seeds give unrelated streams.
 */
export function createRng(seed: number | RngState): Rng {
  let [a, b, c, counter] = typeof seed === 'number' ? stateFromSeed(seed) : seed;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  return Object.assign(next, { state: (): RngState => [a, b, c, counter] });
}

/** Spreads a seed's 64 bits over the state with splitmix32's mixer, then lets sfc32 run in. */
function stateFromSeed(seed: number): RngState {
  const [low, high] = new Uint32Array(new Float64Array([seed]).buffer);
  const rng = createRng([mix(low!), mix(high! ^ 0x9e3779b9), mix(low! + high!), 1]);
  for (let i = 0; i < 15; i++) rng();
  return rng.state();
}

function mix(word: number): number {
  let z = (word + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
