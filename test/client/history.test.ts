import { describe, expect, test } from "vitest";
import { isBrowserMissing, launchWithPageCache } from "../browser.ts";
import { json, message, page, SCRIPT, script, untilHeard, untilShown, useSite } from "./site.ts";

describe.skipIf(isBrowserMissing)("a page that Chromium brings back as it was", () => {
  const site = useSite(launchWithPageCache);

  test("shows nothing again, reads nothing again, and fetches what came in between", async () => {
    const waiting = [[message("From src.")], [message("Later.")], []];
    site.serve({
      "/": page('<onceover-messages src="/messages"><p>Saved.</p>Bare.</onceover-messages><a href="/other">Other</a>', {
        head: `${SCRIPT}<script src="/app.js"></script>`,
      }),
      "/other": page("Other"),
      "/app.js": script(
        'window.returns = 0; addEventListener("pageshow", ({ persisted }) => { returns += persisted; });',
      ),
      "/messages": (request, response) => json(waiting.shift())(request, response),
    });
    const tab = await site.open();
    await untilShown(tab, ["Saved.", "Bare.", "From src."]);
    await untilHeard(tab, ["status: Saved.", "status: Bare.", "status: From src."]);
    const leaveAndReturn = async (times: number) => {
      await tab.getByRole("link").click();
      await tab.waitForURL("/other");
      // goBack() of Playwright waits for a page to be loaded, which this one is already.
      await tab.evaluate("void setTimeout(() => history.back())");
      await expect.poll(() => tab.evaluate("window.returns").catch(() => undefined)).toBe(times);
    };
    await leaveAndReturn(1);
    await untilShown(tab, ["Later."]);
    await untilHeard(tab, ["status: Saved.", "status: Bare.", "status: From src.", "status: Later."]);
    await leaveAndReturn(2);
    await expect.poll(() => waiting.length).toBe(0);
    await untilShown(tab, []);
    await untilHeard(tab, ["status: Saved.", "status: Bare.", "status: From src.", "status: Later."]);
  });
});
