import { existsSync } from "node:fs";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** True on a machine that may lack Chromium: then tests that need it are skipped. In CI, it must be there. */
export const isBrowserMissing: boolean = !existsSync(CHROMIUM) && !process.env.CI;

/** What to do where it is missing. */
export const HOW_TO_GET_CHROMIUM = `There is no ${CHROMIUM}: run \`apt-get install chromium\`, or say CHROMIUM=<path>.`;

/** Starts the machine's Chromium, without a window. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(HOW_TO_GET_CHROMIUM);
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    ...options,
  });
}

/** The same with a cache of pages as they were left, for the back button: visitors have it, and Playwright turns it off. */
export function launchWithPageCache(): Promise<Browser> {
  return launchBrowser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
}
