import { InvalidArgumentError } from 'commander';

/** An option's value as a whole number from 0. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('give a whole number');
}
