import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** True on a machine that may lack Chromium: then tests that need it are skipped. In CI, it must be there. */
export const isBrowserMissing: boolean = !existsSync(CHROMIUM) && !process.env.CI;

/** What to do where it is missing. */
export const HOW_TO_GET_CHROMIUM = `There is no ${CHROMIUM}: run \`apt-get install chromium\`, or say CHROMIUM=<path>.`;

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

/** Starts the machine's Chromium, without a window. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(HOW_TO_GET_CHROMIUM);
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ARGS,
    ...options,
  });
}

/** The same with a cache of pages as they were left, for the back button: visitors have it, and Playwright turns it off. */
export function launchWithPageCache(): Promise<Browser> {
  return launchBrowser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
}

/** Has Chromium visit an address with nothing attached to it: only then it renders pages ahead. @returns ends the visit. */
export function visitAlone(address: string): () => Promise<void> {
  if (!existsSync(CHROMIUM)) throw new Error(HOW_TO_GET_CHROMIUM);
  const profile = mkdtempSync(join(tmpdir(), "onceover-chromium-"));
  const args = [...ARGS, "--headless", `--user-data-dir=${profile}`, address];
  const browser = spawn(CHROMIUM, args, { stdio: "ignore", detached: true });
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  return async () => {
    if (browser.pid && browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}
