import type { Request } from "express";
import { field } from "./forms.ts";

/** What became of the form. */
export interface Invitation {
  readonly isInvited: boolean;
  /** What the field holds next: what was typed, unless that was right. */
  readonly email: string;
}

/** Whoever is elsewhere is invited, too, but not without a word. */
const COMPANY = "example.com";

/** Invites whom the form names, and says how that went. */
export function invite(req: Request): Invitation {
  const email = field(req, "email");
  const [, domain] = /^[^\s@]+@([^\s@]+\.[^\s@]+)$/.exec(email) ?? [];
  if (domain === undefined) {
    req.messages.error(`${email || "Nothing"} is not an e-mail address.`);
    return { isInvited: false, email };
  }
  req.messages.success(`Invited ${email}.`);
  if (domain !== COMPANY) req.messages.warning(`${domain} is outside the company.`);
  return { isInvited: true, email: "" };
}
