import { addMessage, MessagesError, type Settings, success } from "onceover";
import { type AstroContext, type AstroMiddleware, messages } from "onceover/astro";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { OVERFLOW, SECRET } from "../support.ts";

// What Astro itself does stands in test/frameworks/astro.test.ts: it needs a newer Node than this package.

const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(() => {
  warnings.length = 0;
});

const mount = (settings: Settings = {}) =>
  messages({ ...(settings.storage === "session" ? {} : { secret: SECRET }), onWarning, ...settings });

/** A browser's cookies, and the contexts that Astro makes for its requests. */
class Visitor {
  readonly cookies: Map<string, string> = new Map();

  context(options: { session?: AstroContext["session"]; headers?: Record<string, string> } = {}): AstroContext {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", cookie, ...options.headers };
    return {
      request: new Request("http://site.test/", { headers }),
      locals: {} as App.Locals,
      isPrerendered: false,
      session: options.session,
    };
  }

  /** One request: what the handler returns, and its cookies. */
  async visit(
    onRequest: AstroMiddleware,
    handler: (context: AstroContext) => Response | Promise<Response>,
    context: AstroContext = this.context(),
  ): Promise<Response> {
    const response = await onRequest(context, async () => handler(context));
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

const html = (body: BodyInit | null, status = 200) =>
  new Response(body, { status, headers: { "content-type": "text/html" } });
const page = ({ locals }: AstroContext) => html([...locals.messages].join("|"));
const redirect = () => new Response(null, { status: 303, headers: { location: "/" } });
const adding = (text: string) => (context: AstroContext) => {
  context.locals.messages.info(text);
  return redirect();
};
/** Another context of the same visit, as Astro makes for a rewrite and for an error page. */
const again = ({ locals, session }: AstroContext, request: Request): AstroContext => ({
  request,
  locals,
  session,
  isPrerendered: false,
});
describe("mounted wrongly", () => {
  test.each(["the same one", "another one"])("twice, %s: the error says how to mount it once", async (which) => {
    const first = mount();
    const second = which === "another one" ? mount() : first;
    const context = new Visitor().context();
    const twice = first(context, () => second(context, async () => redirect()));
    await expect(twice).rejects.toMatchObject({
      code: "mounted-twice",
      message: expect.stringContaining("`export const onRequest = messages(…)` in `src/middleware.ts`"),
    });
  });

  test("not at all, or after what uses it: the function form says what to mount", () => {
    mount();
    const context = new Visitor().context();
    for (const request of [context, context.request]) {
      expect(() => addMessage(request, "info", "lost")).toThrow(MessagesError);
      expect(() => addMessage(request, "info", "lost")).toThrow(/Mount `export const onRequest = messages\(…\)`/);
    }
  });

  test("without a session: the session storage says where one comes from", async () => {
    const visit = new Visitor().visit(mount({ storage: "session" }), page);
    await expect(visit).rejects.toMatchObject({
      code: "no-session",
      message: expect.stringContaining("Mount a `session` driver in `astro.config`"),
    });
  });

  test("without a session: nothing is said where the messages are not used", async () => {
    const response = await new Visitor().visit(mount({ storage: "session" }), () => html("fine"));
    expect(await response.text()).toBe("fine");
    expect(warnings).toEqual([]);
  });

  test("without a session: what does not fit into cookies is a warning that says where one comes from", async () => {
    await new Visitor().visit(mount(), adding(OVERFLOW));
    expect(warnings).toMatchObject([
      { code: "not-stored", message: expect.stringContaining("mount a `session` driver in `astro.config`") },
    ]);
  });
});

describe("used too late", () => {
  test("what is added after the response is lost, and a warning says until when to do it", async () => {
    const context = new Visitor().context();
    await new Visitor().visit(mount(), redirect, context);
    context.locals.messages.info("too late");
    expect(warnings).toMatchObject([
      { code: "too-late", message: expect.stringMatching(/is lost\. Do it in middleware, an action, an endpoint/) },
    ]);
  });

  test("what is read after the response stays, and a warning says so, unless there is nothing", async () => {
    const visitor = new Visitor();
    const onRequest = mount();
    const empty = visitor.context();
    await visitor.visit(onRequest, page, empty);
    expect([...empty.locals.messages]).toEqual([]);
    expect(warnings).toEqual([]);
    await visitor.visit(onRequest, adding("waits"));
    const context = visitor.context();
    await visitor.visit(onRequest, redirect, context);
    expect([...context.locals.messages].join()).toBe("waits");
    expect(warnings).toMatchObject([{ code: "too-late", message: expect.stringContaining("shown again") }]);
    expect(await (await visitor.visit(onRequest, page)).text()).toBe("waits");
  });
});

describe("an exception", () => {
  const broken = new Error("broken");
  const fail = ({ locals }: AstroContext): Response => {
    locals.messages.info("added");
    throw [...locals.messages].length > 0 ? broken : new Error("nothing to show");
  };

  test("keeps what was iterated, and reaches Astro", async () => {
    const visitor = new Visitor();
    await visitor.visit(mount(), adding("waits"));
    await expect(visitor.visit(mount(), fail)).rejects.toBe(broken);
    expect(await (await visitor.visit(mount(), page)).text()).toBe("waits");
  });

  test("leaves what was added to the error page, for which Astro runs the middleware again", async () => {
    const visitor = new Visitor();
    const onRequest = mount();
    await visitor.visit(onRequest, adding("waits"));
    const context = visitor.context();
    await expect(visitor.visit(onRequest, fail, context)).rejects.toBe(broken);
    const errorPage = ({ locals }: AstroContext) => html([...locals.messages].join("|"), 500);
    const response = await visitor.visit(onRequest, errorPage, again(context, context.request));
    expect(await response.text()).toBe("waits|added");
    expect(await (await visitor.visit(onRequest, page)).text()).toBe("waits|added");
  });
});

describe("run again by Astro", () => {
  test("inside its first run, for a rewrite: the page has the same messages, on whatever request", async () => {
    const onRequest = mount();
    const rewritten = (context: AstroContext) => {
      success(context, "to the context");
      success(context.request, "to the request");
      return page(context);
    };
    const response = await new Visitor().visit(onRequest, (outer) => {
      outer.locals.messages.info("before");
      const inner = again(outer, new Request("http://site.test/rewritten"));
      return onRequest(inner, async () => rewritten(inner));
    });
    expect(await response.text()).toBe("before|to the context|to the request");
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("for an error page in the place of a response without a body: it goes on where that ended", async () => {
    const visitor = new Visitor();
    const onRequest = mount();
    await visitor.visit(onRequest, adding("waits"));
    for (const status of [404, 500]) {
      const context = visitor.context();
      await visitor.visit(
        onRequest,
        ({ locals }) => {
          locals.messages.info(`${status}`);
          return new Response(null, { status });
        },
        context,
      );
      const response = await visitor.visit(onRequest, page, again(context, context.request));
      expect(await response.text()).toBe(status === 404 ? "waits|404" : "500");
      expect(await (await visitor.visit(onRequest, page)).text()).toBe("");
    }
    expect(warnings).toEqual([]);
  });

  test("for an error page in the place of a response that did not use messages: also by the function form", async () => {
    const visitor = new Visitor();
    const onRequest = mount();
    const context = visitor.context();
    await visitor.visit(onRequest, () => new Response(null, { status: 404 }), context);
    const response = await visitor.visit(
      onRequest,
      (inner) => {
        success(inner.request, "to the request");
        return page(inner);
      },
      again(context, context.request),
    );
    expect(await response.text()).toBe("to the request");
  });
});

describe("a page that is prerendered", () => {
  const prerendered = (): AstroContext => ({
    get request(): Request {
      throw new Error("A prerendered page has no request to look at.");
    },
    locals: {} as App.Locals,
    isPrerendered: true,
  });

  test("finds no messages, and is left as it is", async () => {
    const context = prerendered();
    const response = html("page");
    expect(await mount()(context, async () => response)).toBe(response);
    expect([...context.locals.messages]).toEqual([]);
    expect(context.locals.messages.length).toBe(0);
  });

  test("cannot add any: the error says where it can", async () => {
    const context = prerendered();
    await mount()(context, async () => html("page"));
    expect(() => context.locals.messages.info("for whom?")).toThrow(/rendered on demand/);
  });
});

describe("a response that does not use messages", () => {
  test("goes on as it is, unless it is a page: that has the same head", async () => {
    const visitor = new Visitor();
    const json = Response.json({});
    expect(await visitor.visit(mount(), () => json)).toBe(json);
    const bare = html("page", 201);
    bare.headers.append("set-cookie", "a=1");
    const response = await visitor.visit(mount(), () => bare);
    expect([response.status, [...response.headers]]).toEqual([201, [...bare.headers]]);
    expect(await response.text()).toBe("page");
  });

  test("does not read Astro's session", async () => {
    const session = {
      get: () => Promise.reject(new Error("The session was read.")),
      set: () => {
        throw new Error("The session was written.");
      },
      delete: () => {
        throw new Error("The session was written.");
      },
    };
    const visitor = new Visitor();
    for (const handler of [page, adding("small"), page]) {
      await visitor.visit(mount(), handler, visitor.context({ session }));
    }
    expect(warnings).toEqual([]);
  });
});

test("Astro's route caching is turned off for a page that was given messages or adds some, and for no other", async () => {
  const visitor = new Visitor();
  const visit = async (handler: (context: AstroContext) => Response, enabled = true) => {
    const calls: unknown[] = [];
    const cache = { enabled, set: (options: false) => calls.push(options) };
    await visitor.visit(mount(), handler, { ...visitor.context(), cache });
    return calls;
  };
  expect(await visit(page)).toEqual([]);
  expect(await visit(adding("waits"))).toEqual([false]);
  expect(await visit(() => html("untouched"))).toEqual([]);
  expect(await visit(page)).toEqual([false]);
  await visit(adding("waits"));
  expect(await visit(page, false)).toEqual([]);
});

describe("Astro's session", () => {
  const asynchronous = (values: Map<string, unknown> = new Map()) => ({
    get: async (key: string) => values.get(key),
    set: (key: string, value: string) => void values.set(key, value),
    delete: (key: string) => void values.delete(key),
  });

  test.each(["fallback", "session"] as const)("holds what does not fit into cookies (%s storage)", async (storage) => {
    const values = new Map();
    const visitor = new Visitor();
    const onRequest = mount({ storage });
    const visit = async (handler: (context: AstroContext) => Response, headers?: Record<string, string>) => {
      const context = visitor.context({ session: asynchronous(values), ...(headers ? { headers } : {}) });
      return (await visitor.visit(onRequest, handler, context)).text();
    };
    await visit(adding("small"));
    await visit(adding(OVERFLOW));
    await visit(adding("last"));
    expect(await visit(page, { accept: "*/*" })).toBe(`small|${OVERFLOW}|last`);
    expect(await visit(page)).toBe("");
    expect([...values]).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("is loaded by hand where something else than a page is asked for", async () => {
    const values = new Map();
    const visitor = new Visitor();
    const onRequest = mount({ storage: "session" });
    const context = () => visitor.context({ session: asynchronous(values), headers: { accept: "application/json" } });
    await visitor.visit(onRequest, adding("waits"), context());
    await expect(visitor.visit(onRequest, page, context())).rejects.toMatchObject({ code: "not-loaded" });
    const json = async ({ locals }: AstroContext) => Response.json(await locals.messages.load());
    expect(await (await visitor.visit(onRequest, json, context())).json()).toMatchObject([{ message: "waits" }]);
  });

  test("that fails does not take the page with it: a warning tells", async () => {
    const session = { ...asynchronous(), get: () => Promise.reject(new Error("disk full")) };
    const visitor = new Visitor();
    const response = await visitor.visit(mount({ storage: "session" }), page, visitor.context({ session }));
    expect(await response.text()).toBe("");
    expect(warnings.map(({ code, cause }) => [code, cause])).toEqual([["storage-failed", new Error("disk full")]]);
  });
});

describe("a page that is still being rendered", () => {
  /** A body that is rendered in parts, when it is told to. */
  function rendering() {
    const { readable, writable } = new TransformStream<string, string>();
    const writer = writable.getWriter();
    return { body: readable.pipeThrough(new TextEncoderStream()), writer };
  }

  test("is no longer rendered when nobody reads it any more", async () => {
    const { body, writer } = rendering();
    void writer.write("early");
    const response = await new Visitor().visit(mount(), () => html(body));
    await response.body?.cancel("gone");
    await expect(writer.write("late")).rejects.toBe("gone");
  });

  test("that fails while it streams fails for who reads it", async () => {
    const { body, writer } = rendering();
    void writer.write("early");
    const response = await new Visitor().visit(mount(), () => html(body));
    writer.abort(new Error("broken")).catch(() => {});
    await expect(response.text()).rejects.toThrow("broken");
  });

  test("that fails before anything is rendered fails as a whole", async () => {
    const { body, writer } = rendering();
    writer.abort(new Error("broken")).catch(() => {});
    await expect(new Visitor().visit(mount(), () => html(body))).rejects.toThrow("broken");
  });

  test("is held back where messages wait of which a prefetch is told nothing", async () => {
    const visitor = new Visitor();
    await visitor.visit(mount(), adding("waits"));
    const { body, writer } = rendering();
    const context = visitor.context({ headers: { "sec-purpose": "prefetch" } });
    void writer.write("early");
    const asked = visitor.visit(mount(), () => html(body), context);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...context.locals.messages]).toEqual([]);
    void writer.close();
    const { headers } = await asked;
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.getSetCookie()).toEqual([]);
  });
});

test("messages are typed, and take a level of the app's own", async () => {
  const shout = ({ locals }: AstroContext) => {
    expectTypeOf(locals.messages.success).toBeCallableWith("Saved.", { extraTags: "form" });
    locals.messages.add(50, "Broken.");
    return html([...locals.messages].map(({ tags }) => tags).join());
  };
  const response = await new Visitor().visit(mount({ levels: { critical: 50 } }), shout);
  expect(await response.text()).toBe("critical");
});
