import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, onTestFinished } from "vitest";

export const ROOT: string = join(import.meta.dirname, "..");

/** Of a page, or of one of its sections: the files that it tells to write, and the packages that it tells to install. */
export interface Project {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly installed: readonly string[];
}

export function documentation(page: string): string {
  return readFileSync(join(ROOT, "docs", `${page}.md`), "utf8");
}

/** @param heading that of the section, where a page has several projects. */
export function project(page: string, heading?: string): Project {
  const text = documentation(page);
  const section = heading === undefined ? text : (text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "");
  const named = section.matchAll(/^`(\S+)`:\n\n```[^\n]*\n([\s\S]*?)^```/gm);
  return {
    name: heading === undefined ? page : `${page}-${heading}`,
    files: Object.fromEntries(Array.from(named, ([, file = "", code = ""]) => [file, code])),
    installed: [...section.matchAll(/^npm install (.*)$/gm)].flatMap(([, names = ""]) => names.split(" ")),
  };
}

/** The packages that the files import or resolve, with the types that these have in packages of their own. */
export function imports({ files }: Project): string[] {
  const used = Object.values(files).flatMap((code) => [
    ...code.matchAll(/ from "([^./"][^"]*)"/g),
    ...code.matchAll(/ script\("([^"]+)"\)/g),
  ]);
  const packages = used
    .map(([, path = ""]) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "")
    .filter((name) => !name.startsWith("node:"));
  const types = packages.map((name) => `@types/${name}`).filter((name) => existsSync(join(ROOT, "node_modules", name)));
  return [...packages, ...types];
}

/** Where the projects of one test file are, until it ends. */
interface ProjectFolder {
  readonly folder: string;
  /** Writes a project, and returns its folder. */
  readonly write: (project: Project) => string;
}

export function projectFolder(name: string): ProjectFolder {
  const folder = join(ROOT, ".results", name);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, write: (project) => write(project, join(folder, project.name)) };
}

/** Writes the files into an empty folder, but for the port, which is any that is free, and is printed. */
function write({ files }: Project, place: string): string {
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    const listening = code
      .replace(/^app\.listen\(3000\);$/m, "const server = app.listen(0, () => console.log(server.address()));")
      .replace(/^serve\(app\);$/m, "serve({ fetch: app.fetch, port: 0 }, (address) => console.log(address));");
    writeFileSync(join(place, file), listening);
  }
  return place;
}

/** Starts what was written, until the test ends; returns its origin. */
export async function serve(place: string): Promise<string> {
  const file = existsSync(join(place, "server.ts")) ? "server.ts" : "server.tsx";
  const server = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: place,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill());
  for await (const line of createInterface({ input: server.stdout })) {
    const port = /port: (\d+)/.exec(line)?.[1];
    if (port) return `http://localhost:${port}`;
  }
  throw new Error(`${file} did not listen`);
}
