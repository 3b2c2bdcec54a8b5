import { chromium, type Browser, type Page } from 'playwright-core';
import { browserPath } from '../../scripts/setup/browser.mjs';

/** A Chromium of this machine; undefined where there is none. */
export const chromiumPath = browserPath();

/** What a test in a browser is called: it says why it is left out. */
export const inBrowser = `in Chromium${
  chromiumPath === undefined ? ' [SKIPPED: no Chromium on this machine; apt install chromium, or set CHROME_PATH]' : ''
}`;

export async function launchBrowser(): Promise<Browser> {
  // A container's root has no sandbox to offer.
  return await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
}

export const phone = { width: 390, height: 844 };
export const desk = { width: 1_280, height: 900 };
export const schemes = ['light', 'dark'] as const;

/** What is wrong with a page that a test can see without looking at it. */
export interface PageFlaws {
  /** Pixels by which it is wider than its window. */
  readonly overflow: number;
  readonly picturesWithoutName: number;
  readonly headings: readonly string[];
  /** Least contrast of the text of visible paragraphs, headings and cells with the page behind them, as WCAG counts it. */
  readonly leastContrast: number;
  readonly background: string;
}

/** As much of the page's own world as is asked below. */
interface PageElement {
  readonly tagName: string;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}
declare const document: {
  readonly body: PageElement;
  readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
  querySelectorAll(selector: string): Iterable<PageElement>;
};
declare const getComputedStyle: (one: PageElement) => { readonly color: string; readonly backgroundColor: string };

/** Runs in the page; it can see nothing of this file. */
function examine(): PageFlaws {
  const channel = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const background = getComputedStyle(document.body).backgroundColor;
  const back = luminance(background);
  const contrasts = [...document.querySelectorAll('p, h1, h2, h3, li, td, th, dt, dd, figcaption, .chip, a')].map(
    (one) => {
      const front = luminance(getComputedStyle(one).color);
      return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    },
  );
  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    overflow: scrollWidth - clientWidth,
    picturesWithoutName: [...document.querySelectorAll('figure svg, img')].filter(
      (one) => !(one.getAttribute('aria-label') ?? one.getAttribute('alt')),
    ).length,
    headings: [...document.querySelectorAll('h1, h2')].map((one) => `${one.tagName} ${one.textContent}`),
    leastContrast: Math.min(...contrasts),
    background,
  };
}

export async function findFlaws(page: Page): Promise<PageFlaws> {
  return await page.evaluate(examine);
}
