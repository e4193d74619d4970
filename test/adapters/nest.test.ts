import type { ServerResponse } from "node:http";
import fastifySecureSession from "@fastify/secure-session";
import {
  All,
  type CallHandler,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  type NestModule,
  Post,
  Redirect,
  Req,
  Res,
  type Type,
  UnprocessableEntityException,
  UseInterceptors,
} from "@nestjs/common";
import { HttpAdapterHost, NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Request, Response } from "express";
import expressSession from "express-session";
import type { FastifyReply, FastifyRequest } from "fastify";
import { addMessage, type Config, getMessages, info, MessagesError, type Settings } from "onceover";
import { Messages, MessagesModule, SuccessMessage } from "onceover/nest";
import { type Observable, of, tap } from "rxjs";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createExpressApp, createFastifyApp } from "../../examples/nest/app.ts";
import { type Answer, Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { SECRET } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";

type AnyRequest = Request & FastifyRequest;
type AnyResponse = Response & FastifyReply;

/** What `@Route() method(@Parameter() …)` does: the syntax for parameters is not JavaScript's. */
function route<T extends object>(
  controller: Type<T>,
  method: keyof T & string,
  decorators: MethodDecorator[],
  parameters: ParameterDecorator[] = [],
): void {
  const { prototype } = controller;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method) as PropertyDescriptor;
  for (const decorate of decorators.toReversed()) decorate(prototype, method, descriptor);
  for (const [index, decorate] of parameters.entries()) decorate(prototype, method, index);
}

/** @param wildcard how the platform's router writes whatever follows. */
function contractController(wildcard: string): Type {
  class ContractController {
    answer(request: AnyRequest, response: AnyResponse, messages: Messages): string {
      const { method, url } = request;
      const { status, headers, body } = act({ method, url, messages, native: request });
      response.status(status);
      for (const [name, value] of headers) {
        if ("append" in response) response.append(name, value);
        else (response as FastifyReply).header(name, value);
      }
      return body;
    }
  }
  Controller()(ContractController);
  const parameters = [Req(), Res({ passthrough: true }), Messages()];
  route(ContractController, "answer", [All(`contract/${wildcard}`)], parameters);
  return ContractController;
}

/** A root module with messages and these controllers. */
function rootModule(settings: Settings | Config, ...controllers: Type[]): DynamicModule {
  return { module: class AppModule {}, imports: [MessagesModule.forRoot(settings)], controllers };
}

const QUIET = { logger: false, abortOnError: false } as const;
const platforms = {
  Express: (root: Type | DynamicModule): Promise<INestApplication> => NestFactory.create(root, QUIET),
  Fastify: (root: Type | DynamicModule): Promise<INestApplication> =>
    NestFactory.create(root, new FastifyAdapter(), QUIET),
};

async function listen(app: INestApplication): Promise<ContractServer> {
  // biome-ignore lint/correctness/useHookAtTopLevel: it is Nest's method.
  app.useLogger(false);
  await app.listen(0, "127.0.0.1");
  return { origin: await app.getUrl(), close: () => app.close() };
}

async function withSecureSession(root: DynamicModule): Promise<INestApplication> {
  const app = (await platforms.Fastify(root)) as NestFastifyApplication;
  await app.register(fastifySecureSession, { key: Buffer.alloc(32, "k"), cookie: { path: "/" } });
  return app;
}

const OnExpress = contractController("{*path}");
const OnFastify = contractController("*");

adapterContract("Nest 12 on Express with express-session", async (config) =>
  listen(await createExpressApp(rootModule(config, OnExpress))),
);
adapterContract("Nest 12 on Fastify with @fastify/session", async (config) =>
  listen(await createFastifyApp(rootModule(config, OnFastify))),
);
adapterContract(
  "Nest 12 on Fastify with @fastify/secure-session",
  async (config) => listen(await withSecureSession(rootModule(config, OnFastify))),
  {
    cannot: {
      "a corrupt cookie does not hide what waits in the session":
        "@fastify/secure-session keeps everything in one cookie: 5000 characters do not fit, and a warning tells",
    },
  },
);
adapterContract(
  "Nest 12 on Express without a session",
  async (config) => listen(await platforms.Express(rootModule(config, OnExpress))),
  { session: false },
);
exampleContract("Nest on Express", async () => listen(await createExpressApp()));
exampleContract("Nest on Fastify", async () => listen(await createFastifyApp()));

let server: ContractServer | undefined;
const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(async () => {
  await server?.close();
  server = undefined;
  warnings.length = 0;
});

async function serve(app: INestApplication): Promise<Client> {
  // biome-ignore lint/correctness/useHookAtTopLevel: it is Nest's method.
  app.useGlobalFilters({
    catch(error: Error & { code?: string; getStatus?(): number }, host) {
      const { httpAdapter } = app.get(HttpAdapterHost);
      const body = error instanceof MessagesError ? `${error.code}: ${error.message}` : error.message;
      httpAdapter.reply(host.switchToHttp().getResponse(), body, error.getStatus?.() ?? 500);
    },
  });
  server = await listen(app);
  return new Client(server.origin);
}

const follow = async (client: Client, answer: Answer) => {
  expect([302, 303]).toContain(answer.status);
  return (await client.follow(answer)).body;
};

interface Author {
  readonly name: string;
}

/** Adds what happened before and after the handler. */
const audit = {
  intercept(context: ExecutionContext, handler: CallHandler): Observable<unknown> {
    info(context.switchToHttp().getRequest(), "before");
    return handler.handle().pipe(tap(() => info(context.switchToHttp().getRequest(), "after")));
  },
};

class AuthorController {
  list(messages: Messages): string {
    return [...messages].join("|");
  }
  listByFunction(request: AnyRequest): string {
    return [...getMessages(request)].join("|");
  }
  addByFunction(request: AnyRequest): void {
    addMessage(request, "info", "by function");
    addMessage(request.raw ?? request, "info", "on Node's request");
  }
  create(): Author {
    return { name: "Ada" };
  }
  createLater(): Promise<Author> {
    return Promise.resolve({ name: "Grace" });
  }
  createObserved(): Observable<Author> {
    return of({ name: "one" }, { name: "Edsger" });
  }
  createByFunction(): Author {
    return { name: "Alan" };
  }
  createNothing(): null {
    return null;
  }
  createWithoutName(): object {
    return { title: "Dr." };
  }
  createAndThrow(): never {
    throw new UnprocessableEntityException("no author");
  }
  intercepted(): void {}
  addThenThrow(messages: Messages): never {
    messages.error("added");
    expect([...messages]).not.toHaveLength(0);
    throw new Error("broken");
  }
  untouched(): object {
    return { hello: "world" };
  }
  late(request: AnyRequest, response: AnyResponse): void {
    response.send("sent");
    setTimeout(() => info(request, "late"), 20);
  }
}
Controller()(AuthorController);
const toList = Redirect("/", 303);
const created = SuccessMessage("%(name)s was created");
route(AuthorController, "list", [Get()], [Messages()]);
route(AuthorController, "listByFunction", [Get("by-function")], [Req()]);
route(AuthorController, "addByFunction", [Post("by-function"), toList], [Req()]);
route(AuthorController, "create", [Post("create"), toList, created]);
route(AuthorController, "createLater", [Post("create-later"), toList, created]);
route(AuthorController, "createObserved", [Post("create-observed"), toList, created]);
route(AuthorController, "createByFunction", [
  Post("create-by-function"),
  toList,
  SuccessMessage((author: Author) => `${author.name}!`),
]);
route(AuthorController, "createNothing", [Post("create-nothing"), toList, created]);
route(AuthorController, "createWithoutName", [Post("create-without-name"), toList, created]);
route(AuthorController, "createAndThrow", [Post("create-and-throw"), toList, created]);
route(AuthorController, "intercepted", [Post("intercepted"), toList, UseInterceptors(audit)]);
route(AuthorController, "addThenThrow", [Get("throw")], [Messages()]);
route(AuthorController, "untouched", [Get("untouched")]);
route(AuthorController, "late", [Get("late")], [Req(), Res()]);

describe.each([
  ["Express", platforms.Express, "`app.use(session(…))` in main.ts"],
  ["Fastify", platforms.Fastify, "`app.register(session, …)` in main.ts"],
] as const)("Nest on %s", (_platform, create, session) => {
  const start = async (settings: Settings = { secret: SECRET }) =>
    serve(await create(rootModule({ onWarning, ...settings }, AuthorController)));

  test.each([
    ["a field of what the handler returned", "/create", "Ada was created"],
    ["what it returned later", "/create-later", "Grace was created"],
    ["the last of what it emitted", "/create-observed", "Edsger was created"],
    ["a function of it", "/create-by-function", "Alan!"],
    ["nothing, if it returned null", "/create-nothing", ""],
  ])("@SuccessMessage() says %s", async (_, path, text) => {
    const client = await start();
    expect(await follow(client, await client.post(path))).toBe(text);
  });

  test("@SuccessMessage() says nothing if the handler threw", async () => {
    const client = await start();
    expect(await client.post("/create-and-throw")).toMatchObject({ status: 422, body: "no author" });
    expect((await client.get("/")).body).toBe("");
  });

  test("@SuccessMessage() tells which field is missing", async () => {
    const client = await start();
    expect(await client.post("/create-without-name")).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^missing-field: .*%\(name\)s.*title/),
    });
  });

  test("interceptors add messages around a handler", async () => {
    const client = await start();
    expect(await follow(client, await client.post("/intercepted"))).toBe("before|after");
  });

  test("the function form works on the platform's request and on Node's", async () => {
    const client = await start();
    await client.post("/by-function");
    expect((await client.get("/by-function")).body).toBe("by function|on Node's request");
  });

  test("a handler that throws after iterating keeps them, and shows what it had added", async () => {
    const client = await start();
    await client.post("/create");
    expect(await client.get("/throw")).toMatchObject({ status: 500, body: "broken" });
    expect((await client.get("/")).body).toBe("Ada was created|added");
  });

  test("what is added after the response was sent is lost, and a warning says so", async () => {
    const client = await start();
    expect((await client.get("/late")).body).toBe("sent");
    await expect
      .poll(() => warnings.map(({ message }) => message))
      .toEqual([expect.stringMatching(/added after .* is lost\. Do it before/)]);
  });

  test("settings come from other providers", async () => {
    const imported: DynamicModule = {
      module: class SecretModule {},
      providers: [{ provide: "SECRET", useValue: SECRET }],
      exports: ["SECRET"],
    };
    const messages = MessagesModule.forRootAsync({
      imports: [imported],
      inject: ["SECRET"],
      useFactory: async (secret: string) => ({ secret, tags: { success: "well-done" } }),
    });
    const root = { module: class AppModule {}, imports: [messages], controllers: [AuthorController] };
    const client = await serve(await create(root));
    expect(await follow(client, await client.post("/create"))).toBe("Ada was created");
  });

  test("a wrong setting is refused when the app starts", async () => {
    expect(() => MessagesModule.forRoot({ secret: "short" })).toThrow(MessagesError);
    const messages = MessagesModule.forRootAsync({ useFactory: () => ({ secret: "short" }) });
    await expect(create({ module: class AppModule {}, imports: [messages] })).rejects.toMatchObject({
      code: "invalid-setting",
    });
  });

  test("without the module, the error says where to import it", async () => {
    const client = await serve(await create({ module: class AppModule {}, controllers: [AuthorController] }));
    for (const answer of [await client.get("/"), await client.post("/create"), await client.post("/by-function")]) {
      expect(answer).toMatchObject({
        status: 500,
        body: expect.stringMatching(/^no-middleware: .*`MessagesModule\.forRoot\(…\)` once, in the `imports`/),
      });
    }
  });

  test("session storage without a session says how to mount one", async () => {
    const client = await start({ storage: "session" });
    for (const answer of [await client.get("/"), await client.post("/create")]) {
      expect(answer).toMatchObject({ status: 500, body: expect.stringContaining(session) });
    }
  });

  test("untouched, responses are byte-identical to the app without messages", async () => {
    const answers = async (root: DynamicModule) => {
      const client = await serve(await create(root));
      await client.jar.setCookie("messages=forged", client.origin);
      const all: unknown[] = [];
      for (const path of ["/untouched", "/missing"]) {
        const { status, rawHeaders, body } = await client.get(path);
        all.push([
          status,
          rawHeaders.map((value, i) => (rawHeaders[i - 1]?.toLowerCase() === "date" ? "-" : value)),
          body,
        ]);
      }
      await server?.close();
      return all;
    };
    const without = { module: class AppModule {}, controllers: [AuthorController] };
    expect(await answers(rootModule({ secret: SECRET }, AuthorController))).toEqual(await answers(without));
  });
});

test("on Express, a session that a module of the app mounts holds what overflows", async () => {
  class SessionModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(expressSession({ secret: "s", resave: false, saveUninitialized: false })).forRoutes("{*path}");
    }
  }
  const root = rootModule({ storage: "session" }, AuthorController);
  const app = await platforms.Express({ ...root, imports: [...(root.imports ?? []), SessionModule] });
  const client = await serve(app);
  expect(await follow(client, await client.post("/create"))).toBe("Ada was created");
});

test.each([
  ["Express", platforms.Express, "seen"],
  ["Fastify", platforms.Fastify, "no messages yet"],
] as const)("on %s, a middleware that a module of the app mounts", async (_platform, create, seen) => {
  class AuditModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      const audit = (request: object, response: ServerResponse) => {
        try {
          addMessage(request, "info", "seen");
          response.end([...getMessages(request)].join("|"));
        } catch {
          response.end("no messages yet");
        }
      };
      consumer.apply(audit).forRoutes("{*path}");
    }
  }
  const root = rootModule({ secret: SECRET }, AuthorController);
  const client = await serve(await create({ ...root, imports: [...(root.imports ?? []), AuditModule] }));
  expect((await client.get("/")).body).toBe(seen);
});

test.each([
  ["Express", platforms.Express],
  ["Fastify", platforms.Fastify],
] as const)("on %s, a global prefix changes nothing", async (_platform, create) => {
  const app = await create(rootModule({ secret: SECRET }, AuthorController));
  app.setGlobalPrefix("api", { exclude: ["by-function"] });
  const client = await serve(app);
  await client.post("/by-function");
  expect((await client.get("/api")).body).toBe("by function|on Node's request");
});

const twice = () => ({
  ...rootModule({ secret: SECRET }, AuthorController),
  imports: [MessagesModule.forRoot({ secret: SECRET }), MessagesModule.forRoot({ secret: SECRET })],
});

test("imported twice, on Express each request says so", async () => {
  const client = await serve(await platforms.Express(twice()));
  expect(await client.get("/")).toMatchObject({
    status: 500,
    body: expect.stringMatching(/^mounted-twice: .*`MessagesModule\.forRoot\(…\)` once/),
  });
});

test("imported twice, on Fastify the app does not start", async () => {
  const app = await platforms.Fastify(twice());
  await expect(listen(app)).rejects.toMatchObject({
    code: "mounted-twice",
    message: expect.stringContaining("`MessagesModule.forRoot(…)` once"),
  });
});

test("on Fastify, a session that was registered before the app was created is in the wrong order", async () => {
  const adapter = new FastifyAdapter();
  await adapter.register(fastifySecureSession as never, { key: Buffer.alloc(32, "k"), cookie: { path: "/" } } as never);
  const app = await NestFactory.create(rootModule({ secret: SECRET }), adapter, QUIET);
  await expect(listen(app)).rejects.toMatchObject({
    code: "no-session",
    message: expect.stringContaining("register the session after `NestFactory.create()`"),
  });
});

test("an app whose platform is chosen later, as in @nestjs/testing, has messages", async () => {
  const host = new HttpAdapterHost();
  new MessagesModule({ secret: SECRET }, host);
  const adapter = new FastifyAdapter();
  host.httpAdapter = adapter;
  await adapter.getInstance().ready();
  expect(adapter.getInstance().hasRequestDecorator("messages")).toBe(true);
});

test("a context without a server needs no platform", async () => {
  const context = await NestFactory.createApplicationContext(rootModule({ secret: SECRET }), QUIET);
  await expect(context.close()).resolves.toBeUndefined();
});

test("what the decorators give has types", () => {
  expectTypeOf<Messages["success"]>().parameter(0).not.toBeAny();
  expectTypeOf<Request["messages"]>().toEqualTypeOf<Messages>();
  // @ts-expect-error: a template is a text or a function.
  SuccessMessage(7);
});
