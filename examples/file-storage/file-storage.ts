import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exchange, Message, type MessageJson, markSafe, type Storage } from "onceover";

/** Keeps each message in a file of its own, in a folder for each visitor: exchanges at once never write the same file. */
export function fileStorage(root: string): Storage {
  const fileOf = new WeakMap<Message, string>();
  let newest = 0;

  return {
    async load(exchange) {
      const visitor = visitorOf(exchange);
      if (visitor === undefined) return { messages: undefined, complete: true };
      const folder = join(root, visitor);
      const names = await readdir(folder).catch(() => []);
      const messages = await Promise.all(names.sort().map((name) => readMessage(join(folder, name), fileOf)));
      return { messages: messages.filter((message) => message !== undefined), complete: true };
    },

    async commit({ added, consumed }, exchange) {
      for (const message of consumed) {
        const file = fileOf.get(message);
        if (file) await rm(file, { force: true });
      }
      if (added.length > 0) {
        const folder = join(root, visitorOf(exchange) ?? newVisitor(exchange));
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
}

/** A visitor is who sends a name that we gave; anything else is nobody's folder, and must not become a path. */
function visitorOf(exchange: Exchange): string | undefined {
  const visitor = exchange.cookie("visitor");
  return visitor && /^[0-9a-f-]{36}$/.test(visitor) ? visitor : undefined;
}

function newVisitor(exchange: Exchange): string {
  const value = randomUUID();
  exchange.setCookie({ name: "visitor", value, path: "/", httpOnly: true, secure: false, sameSite: "lax" });
  return value;
}

/** A file that another exchange has just removed, or that cannot be read, is no message. */
async function readMessage(file: string, fileOf: WeakMap<Message, string>): Promise<Message | undefined> {
  try {
    const { level, message, safe, extraTags, data } = JSON.parse(await readFile(file, "utf8")) as MessageJson;
    const read = new Message(level, safe ? markSafe(message) : message, { extraTags, data });
    fileOf.set(read, file);
    return read;
  } catch {
    return undefined;
  }
}
