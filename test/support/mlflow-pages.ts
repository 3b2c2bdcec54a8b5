import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';

/** MLflow asks this of itself, and has an answer only where it knows users. */
const ownComplaint = '/users/current';
const patient = { timeout: 60_000 } as const;

/** A page of MLflow's own UI. Every look waits until there is what it looks for, and fails where it doesn't come. */
export interface MlflowPage {
  shows(words: string): Promise<void>;
  /** A heading that was made of Markdown. */
  showsHeading(name: string): Promise<void>;
  /** A cell of a table that was made of Markdown. */
  showsCell(name: string): Promise<void>;
  /** The first heading of the page that is shown within it. */
  framedHeading(): Promise<string>;
}

export interface MlflowPages {
  /** What pages complained of: errors on their consoles, of their scripts, and answers that were none. */
  readonly complaints: readonly string[];
  /** `path` is what stands behind `#/`. */
  open(path: string): Promise<MlflowPage>;
  close(): Promise<void>;
}

/** MLflow's own UI in a browser, where what the server keeps must show. */
export async function openMlflowPages(url: string): Promise<MlflowPages> {
  const browser = await launchBrowser();
  // One context, so that the pages share what the browser keeps of MLflow's scripts.
  const context = await browser.newContext({ viewport: { width: 1_600, height: 1_200 } });
  const complaints: string[] = [];
  const watch = (page: Page, path: string): void => {
    const complain = (what: string): void => void complaints.push(`${path}: ${what}`);
    page.on('pageerror', (error) => complain(error.message));
    page.on('console', (message) => {
      // Answers that were none are told below, with their address.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complain(message.text());
    });
    page.on('response', (answer) => {
      if (answer.status() >= 400 && !answer.url().endsWith(ownComplaint))
        complain(`${answer.status()} ${answer.url()}`);
    });
  };
  return {
    complaints,
    async open(path) {
      const page = await context.newPage();
      watch(page, path);
      await page.goto(`${url}/#/${path}`);
      return look(page);
    },
    close: () => browser.close(),
  };
}

function look(page: Page): MlflowPage {
  return {
    shows: (words) => page.getByText(words).first().waitFor(patient),
    showsHeading: (name) => page.getByRole('heading', { name }).first().waitFor(patient),
    showsCell: (name) => page.getByRole('cell', { name, exact: true }).first().waitFor(patient),
    framedHeading: () => page.frameLocator('iframe').locator('h1').first().innerText(patient),
  };
}
