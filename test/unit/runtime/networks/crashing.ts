export function build(): never {
  console.error('out of luck');
  process.exit(7);
}
