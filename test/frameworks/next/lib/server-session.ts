import { randomUUID } from "node:crypto";
import { cookies } from "next/headers";

/** Sessions of this process: what is in one is nobody else's, and it may be of any size. */
const sessions: Map<string, string> = new Map();

/** A session on the server, with the properties and the `save()` of iron-session's. */
export async function getServerSession() {
  const jar = await cookies();
  const id = jar.get("sid")?.value ?? randomUUID();
  return {
    ...JSON.parse(sessions.get(id) ?? "{}"),
    async save() {
      sessions.set(id, JSON.stringify(this));
      if (!jar.has("sid")) jar.set("sid", id);
    },
  };
}
