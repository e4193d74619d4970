import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds out about a page, by rule and place. */
export interface Findings {
  readonly violations: readonly string[];
  /** What it could not decide. */
  readonly incomplete: readonly string[];
  /** True if it has really judged the contrast of some text. */
  readonly hasJudgedContrast: boolean;
}

type Rules = readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];

/** Nothing against a page, and its contrast judged. */
export const NOTHING: Findings = { violations: [], incomplete: [], hasJudgedContrast: true };

/** Asks axe-core about a page. @param selector the part of it that is asked about; all by default. */
export async function findingsOf(page: Page, selector = "html"): Promise<Findings> {
  await page.evaluate(AXE);
  const found = await page.evaluate<Record<string, Rules>>(`axe.run(${JSON.stringify(selector)})`);
  const { violations = [], incomplete = [], passes = [] } = found;
  const places = (rules: Rules) => rules.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  return {
    violations: places(violations),
    incomplete: places(incomplete),
    hasJudgedContrast: passes.some(({ id }) => id === "color-contrast"),
  };
}

/** A live region, as the browser tells a screen reader of it. */
export interface Region {
  readonly role: string;
  readonly live: unknown;
  readonly atomic: unknown;
  readonly texts: readonly string[];
}

/** The live regions of a page. */
export async function liveRegionsOf(page: Page): Promise<Region[]> {
  const { nodes, textsIn } = await treeOf(page);
  return nodes.filter(isLive).map((node) => {
    const property = (name: string) => node.properties?.find((one) => one.name === name)?.value.value;
    const texts = textsIn(node).map(({ text }) => text);
    return { role: String(node.role?.value), live: property("live"), atomic: property("atomic"), texts };
  });
}

/** The texts of a page that are in no live region. */
export async function textsBesideRegions(page: Page): Promise<string[]> {
  const { nodes, textsIn } = await treeOf(page);
  const heard = new Set(nodes.filter(isLive).flatMap((node) => textsIn(node).map(({ id }) => id)));
  const [root] = nodes;
  return root ? textsIn(root).flatMap(({ id, text }) => (heard.has(id) ? [] : [text])) : [];
}

/** The accessibility tree, and the texts below a node of it; those of buttons say what the button does, and nothing else. */
async function treeOf(page: Page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const textsIn = (node: (typeof nodes)[number]): { id: string; text: string }[] => {
    if (node.role?.value === "button") return [];
    if (node.role?.value === "StaticText") return [{ id: node.nodeId, text: String(node.name?.value) }];
    return (node.childIds ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child ? textsIn(child) : [];
    });
  };
  return { nodes, textsIn };
}

function isLive({ role }: { readonly role?: { readonly value?: unknown } }): boolean {
  return role?.value === "status" || role?.value === "alert";
}
