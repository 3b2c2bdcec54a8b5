import { existsSync } from 'node:fs';
import { findOnPath } from './locate.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/**
 * A Chromium of this machine: CHROME_PATH, one on the PATH, or where macOS has it; undefined where there is none.
 * @returns {string | undefined}
 */
export function browserPath() {
  const own = process.env['CHROME_PATH'];
  if (own) {
    if (existsSync(own)) return own;
    throw new Error(`CHROME_PATH is ${own}, which is not there. Correct it or unset it.`);
  }
  return names.map(findOnPath).find((path) => path !== undefined) ?? elsewhere.find((path) => existsSync(path));
}
