/** One line of CSV (RFC 4180). */
export function stringify(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map((cell) => quote(cell === undefined ? '' : String(cell))).join(',')}\n`;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
