/**
 * The same form four times: what differs is the way on which its messages reach the page.
 *
 * @module
 */
import { Router } from "express";
import { showSources } from "../../sources.ts";
import { fetching } from "./fetch.ts";
import { htmx } from "./htmx.ts";
import { plain } from "./plain.ts";
import { turbo } from "./turbo.ts";

export const ways: Router = Router();

const FORM = ["invite.ts", "views/ways/fields.njk"];

ways.use("/plain", showSources("routes/ways/plain.ts", "views/ways/plain.njk", ...FORM));
ways.use("/htmx", showSources("routes/ways/htmx.ts", "views/ways/htmx.njk", ...FORM));
ways.use("/turbo", showSources("routes/ways/turbo.ts", "views/ways/turbo.njk", ...FORM));
ways.use("/turbo/reminders", showSources("routes/ways/turbo.ts", "views/ways/turbo-reminders.njk"));
ways.use("/fetch", showSources("routes/ways/fetch.ts", "views/ways/fetch.njk", "public/fetch.js", ...FORM));
ways.use(plain, htmx, turbo, fetching);
