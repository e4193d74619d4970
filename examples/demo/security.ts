import { randomBytes } from "node:crypto";
import type { RequestHandler } from "express";

/** Everything comes from this server and from files: no inline scripts, no inline styles. */
const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
  });
  next();
};

/** Also lets the styles in that know this response's nonce: the page hands it to the script that brings them. */
export const styleNonce: RequestHandler = (_req, res, next) => {
  const nonce = randomBytes(16).toString("base64");
  res.set("Content-Security-Policy", `${POLICY}; style-src 'self' 'nonce-${nonce}'`);
  res.locals.nonce = nonce;
  next();
};
