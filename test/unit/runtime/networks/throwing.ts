export function build(): never {
  throw new Error('the third layer has no units');
}
