import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { isBrowserMissing } from "../browser.ts";
import { pause, shown, untilShown, useSite } from "../client/site.ts";
import { Client } from "../client.ts";
import { documentation, imports, type Project, project, projectFolder, ROOT, serve } from "../pages.ts";

const { folder, write } = projectFolder("outlet-pages");

const htmx = project("htmx");
const turbo = project("turbo");
const json = project("json");
const element = project("element");

/** The package as it is published, with a folder on its way whose name begins with a dot, as with pnpm. */
beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const part of ["package.json", "dist"])
    cpSync(join(ROOT, part), join(folder, "node_modules/onceover", part), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), "{}");
});

test.each([htmx, turbo, json, element])("the page $name installs what it imports, with the types", (page) => {
  expect(Object.keys(page.files)).toEqual(["server.ts"]);
  expect(page.installed).toEqual(expect.arrayContaining(imports(page)));
});

test.each([
  ["fastify", "app.listen({ port: 0 }, () => console.log(app.server.address()));"],
  ["koa", "const server = app.listen(0, () => console.log(server.address()));"],
])("the lines for %s answer with an array that is for no cache, also where it is empty", async (name, listening) => {
  const blocks = [...documentation("json").matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
  const code = blocks.find((block) => block.includes(`onceover/${name}`)) ?? "";
  const client = new Client(await serve(write({ name, files: { "server.ts": code + listening }, installed: [] })));
  expect(await client.get("/messages")).toMatchObject({
    status: 200,
    body: "[]",
    headers: { "cache-control": "no-store", "content-type": "application/json; charset=utf-8" },
  });
});

describe.skipIf(isBrowserMissing)("followed to the letter, in Chromium,", () => {
  const site = useSite();

  const open = async (page: Project, path: string): Promise<Page> => {
    // Browsers ask for it, and say on the console that it is not there.
    await site.context.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
    return site.open((await serve(write(page))) + path);
  };
  const press = (tab: Page, name: string) => tab.getByRole("button", { name, exact: true }).click();

  const reloadShowsNone = async (tab: Page) => {
    await tab.reload({ waitUntil: "networkidle" });
    await pause(tab);
    expect(await shown(tab)).toEqual([]);
    await tab.locator("onceover-messages:defined").waitFor({ state: "attached" });
  };

  test.each([
    ["HTMX 4", "htmx.org"],
    ["HTMX 2", "htmx2"],
  ])("the page of HTMX shows a message by event and by swap, once, with %s", async (name, installed) => {
    const page = { ...htmx, name };
    mkdirSync(join(folder, name, "node_modules"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", installed), join(folder, name, "node_modules/htmx.org"));
    const tab = await open(page, "/");
    await press(tab, "Add");
    await untilShown(tab, ["Added."]);
    expect(await tab.getByRole("listitem").allInnerTexts()).toEqual(["Milk"]);
    await press(tab, "Empty");
    await untilShown(tab, ["Added.", "Emptied."]);
    expect(await tab.getByRole("listitem").allInnerTexts()).toEqual(["Nothing yet"]);
    await reloadShowsNone(tab);
  });

  test("the page of Turbo shows a message after a redirect and by a stream, once", async () => {
    const tab = await open(turbo, "/");
    await tab.evaluate("window.isSameDocument = true");
    await press(tab, "Add");
    await untilShown(tab, ["Added."]);
    await press(tab, "Save draft");
    await untilShown(tab, ["Added.", "Draft saved."]);
    expect(await tab.evaluate("window.isSameDocument")).toBe(true);
    await reloadShowsNone(tab);
  });

  test("the page of JSON shows a message of an answer, and one from the address of the element, once", async () => {
    const tab = await open(json, "/");
    await press(tab, "Add");
    await untilShown(tab, ["Added."]);
    await press(tab, "Order");
    await untilShown(tab, ["Ordered."]);
    await reloadShowsNone(tab);
  });

  test("the page of the element shows a message once, and it goes by its button", async () => {
    const tab = await open(element, "/profile");
    await press(tab, "Save");
    await untilShown(tab, ["Profile updated."]);
    await press(tab, "Dismiss");
    await untilShown(tab, []);
    await press(tab, "Save");
    await untilShown(tab, ["Profile updated."]);
    await reloadShowsNone(tab);
  });
});
