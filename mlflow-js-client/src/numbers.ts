/**
 * JSON has no NaN and no infinities; MLflow takes and gives them as words. Its databases hold no infinities and store the
 * largest double in their place, which is therefore read back as what it stands for.
 */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export function toWire(value: number): WireNumber {
  return Number.isFinite(value) ? value : (String(value) as WireNumber);
}

export function fromWire(value: WireNumber): number {
  const number = Number(value);
  if (number === Number.MAX_VALUE) return Infinity;
  return number === -Number.MAX_VALUE ? -Infinity : number;
}
