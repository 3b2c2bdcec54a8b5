/** 12345 → "12,345". */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share with three decimals and no leading zero: 0.812 → ".812", 1 → "1.000". */
export function formatShare(share: number): string {
  return share.toFixed(3).replace(/^(-?)0\./, '$1.');
}

/** "p = .0004", or "p < .0001" below that. */
export function formatPValue(p: number): string {
  return p < 0.0001 ? 'p < .0001' : `p = ${p.toFixed(4).replace(/^0\./, '.')}`;
}

/** A difference of shares in points with its sign: 0.031 → "+3.1"; small ones keep a second decimal. */
export function formatPoints(difference: number): string {
  const points = difference * 100;
  const digits = Math.abs(points) < 1 ? 2 : 1;
  const text = points.toFixed(digits);
  return Number(text) === 0 ? '0.0' : points > 0 ? `+${text}` : text;
}

/** Four significant digits, for numbers of unknown size. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
