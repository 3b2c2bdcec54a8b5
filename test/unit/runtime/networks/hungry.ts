/** Takes memory until there is none. */
export function build(): never {
  const kept: number[][] = [];
  for (;;) kept.push(new Array<number>(100_000).fill(1.5));
}
