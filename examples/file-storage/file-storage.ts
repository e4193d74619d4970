import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exchange, Message, type MessageJson, markSafe, type Storage } from "onceover";

/** Keeps each message in a file of its own, in a folder for each visitor: exchanges at once never write the same file. */
export function fileStorage(root: string): Storage {
  let newest = 0;

  return {
    async open(exchange) {
      const visitor = visitorOf(exchange);
      const files = visitor === undefined ? new Map<Message, string>() : await readFolder(join(root, visitor));

      return {
        messages: [...files.keys()],

        async commit({ added, consumed }) {
          for (const message of consumed) {
            const file = files.get(message);
            if (file) await rm(file, { force: true });
          }
          if (added.length > 0) {
            const folder = join(root, visitor ?? newVisitor(exchange));
            await mkdir(folder, { recursive: true });
            for (const message of added) {
              // Files are read in the order of their names: a time in microseconds, and never the same one twice.
              newest = Math.max(newest + 1, Date.now() * 1000);
              await writeFile(join(folder, `${newest}-${randomUUID()}.json`), JSON.stringify(message));
            }
          }
          return [];
        },
      };
    },
  };
}

/** The name that we gave this visitor. Anything else that the cookie says is ignored: it must not become a path. */
function visitorOf(exchange: Exchange): string | undefined {
  const visitor = exchange.cookie("visitor");
  return visitor && /^[0-9a-f-]{36}$/.test(visitor) ? visitor : undefined;
}

function newVisitor(exchange: Exchange): string {
  const value = randomUUID();
  const attributes = { path: "/", httpOnly: true, secure: false, sameSite: "lax" } as const;
  exchange.setCookie({ name: "visitor", value, attributes });
  return value;
}

/** Messages and their files, oldest first; none where the visitor has no folder yet. */
async function readFolder(folder: string): Promise<Map<Message, string>> {
  const names = await readdir(folder).catch(() => []);
  const entries = await Promise.all(names.sort().map((name) => readMessage(join(folder, name))));
  return new Map(entries.filter((entry) => entry !== undefined));
}

/** Files that another exchange has just removed, and files that cannot be read, are ignored. */
async function readMessage(file: string): Promise<[Message, string] | undefined> {
  try {
    const { level, message, safe, extraTags, data } = JSON.parse(await readFile(file, "utf8")) as MessageJson;
    return [new Message(level, safe ? markSafe(message) : message, { extraTags, data }), file];
  } catch {
    return undefined;
  }
}
