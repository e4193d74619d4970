/** How the developers of one framework mount its adapter, in their own words: what errors advise. */
export interface Mount {
  /** Where messages are mounted: "`app.use(messages(…))` before the routes". */
  readonly messages: string;
  /** Where a session comes from: "`app.use(session(…))` before `app.use(messages(…))`". */
  readonly session: string;
  /** Until when messages can be used: "before `res.send()` or `res.redirect()`". */
  readonly deadline: string;
}

/** A framework that is not known: what can be said of all of them. */
const ANY: Mount = {
  messages: "the adapter of your framework before the routes that use messages",
  session: "the session before the messages",
  deadline: "before the response is sent",
};

let latest: Mount = ANY;

/** Remembers how the app's adapter is mounted, for an error on a request that never came through it. */
export function rememberMount(mount: Mount): void {
  latest = mount;
}

/** How the adapter that was made last is mounted: an app has one framework. */
export function latestMount(): Mount {
  return latest;
}
