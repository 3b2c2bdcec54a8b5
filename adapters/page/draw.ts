import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Shown extends Size {
  /** What the picture says to who can't see it. */
  readonly label: string;
  readonly marks: readonly Plot.Markish[];
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions;
  readonly marginLeft?: number;
}

interface Drawn {
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelector(selector: string): { remove(): void } | null;
  readonly outerHTML: string;
}

/** A picture with a name, as text that goes into a page. */
export function draw({ label, marks, marginLeft, ...options }: Shown): string {
  const { document } = parseHTML('<html></html>');
  const svg = Plot.plot({
    ...options,
    document,
    marks: [...marks],
    marginLeft: marginLeft ?? 52,
    marginRight: 24,
    marginBottom: 44,
    ariaLabel: label,
  }) as unknown as Drawn;
  svg.setAttribute('role', 'img');
  // The page's own style sheet says what these would: a page may forbid styles within it.
  svg.removeAttribute('style');
  svg.querySelector('style')?.remove();
  return svg.outerHTML;
}

/** A phone gets a picture of its own: the letters of a wide one would be too small there. */
export function atTwoWidths(
  picture: (size: Size) => string,
  heights: { readonly wide: number; readonly narrow: number },
): string {
  const wide = picture({ width: 960, height: heights.wide });
  const narrow = picture({ width: 360, height: heights.narrow });
  return `<div class="wide">${wide}</div><div class="narrow">${narrow}</div>`;
}

export function ticks({ width }: Size): { ticks: number } {
  return { ticks: width < 500 ? 4 : 10 };
}
