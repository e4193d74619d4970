import type { Request } from "express";

/** A field of the form that was posted, trimmed; empty if it was not there, or there twice. */
export function field(req: Request, name: string): string {
  const body: unknown = req.body;
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value.trim() : "";
}
