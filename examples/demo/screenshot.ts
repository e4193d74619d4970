/**
 * Takes the picture of the demo for the README: `tsx examples/demo/screenshot.ts [file] [light|dark] [width]`, after
 * `npm run build`.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { createApp } from "./app.ts";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const [file = join(import.meta.dirname, "../../docs/demo.png"), scheme = "light", width = "1280"] =
  process.argv.slice(2);

const server = createApp().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [...FLAGS, "--disable-component-update", "--disable-sync"],
});
try {
  const page = await browser.newPage({
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    viewport: { width: Number(width), height: 900 },
    colorScheme: scheme === "dark" ? "dark" : "light",
  });
  await page.goto("/");
  // Added behind the page's back, so that all of them wait when it is loaded.
  for (const form of [
    { level: "success", text: "Your report was published." },
    { level: "info", text: "Three people are looking at it <right now>." },
    { level: "warning", text: "The trial ends in 2 days.", tags: "pinned" },
    { level: "critical", text: "Backups have failed for 24 hours." },
  ]) {
    await page.request.post("/messages", { form, maxRedirects: 0 });
  }
  await page.goto("/", { waitUntil: "networkidle" });
  await mkdir(dirname(file), { recursive: true });
  await page.screenshot({ path: file, fullPage: true });
} finally {
  await browser.close();
  server.close();
}
