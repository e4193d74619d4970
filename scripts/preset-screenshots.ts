/**
 * Takes the pictures of the presets for docs/html.md: `tsx scripts/preset-screenshots.ts [folder] [light|dark] [ltr|rtl]`.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launchBrowser } from "../test/browser.ts";
import { PRESET_NAMES, servePresetPages } from "../test/templates/preset-page.ts";

const [folder = join(import.meta.dirname, "../docs/presets"), scheme = "light", dir = "ltr"] = process.argv.slice(2);

const server = await servePresetPages();
const browser = await launchBrowser();
try {
  const page = await browser.newPage({
    baseURL: server.origin,
    viewport: { width: 640, height: 320 },
    colorScheme: scheme === "dark" ? "dark" : "light",
  });
  await mkdir(folder, { recursive: true });
  for (const preset of PRESET_NAMES) {
    await page.goto(`/${preset}?theme=${scheme}&dir=${dir}`);
    await page.screenshot({ path: join(folder, `${preset}.png`), fullPage: true });
  }
} finally {
  await browser.close();
  await server.close();
}
