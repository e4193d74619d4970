/**
 * Messages for NestJS 12, on Express and on Fastify.
 *
 * @module
 */
import {
  type CallHandler,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type NestInterceptor,
  type NestModule,
  UseInterceptors,
} from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { type Observable, tap } from "rxjs";
import type { Levels } from "../core/levels.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, findMessages, noMiddleware, type RegisteredLevels } from "../core/request.ts";
import { announce, type SuccessTemplate } from "../core/success-message.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";
import "./express.ts"; // What it says of the types of `req.messages` and `res.locals`.
import { expressMiddleware } from "../http/node/express-middleware.ts";
import { fastifyPlugin } from "../http/node/fastify-plugin.ts";

/** How `forRootAsync()` gets its settings: as any provider of Nest. */
export type MessagesAsyncOptions = Pick<ModuleMetadata, "imports"> &
  Pick<FactoryProvider<Settings | Config>, "inject" | "useFactory">;

const SETTINGS = Symbol("onceover settings");

/**
 * Puts `messages` on each request of the app, and `messages` and `DEFAULT_MESSAGE_LEVELS` into the locals for templates.
 *
 * Import it once, into the root module. It mounts itself, on platform-express and on platform-fastify, for all routes.
 *
 * Django: `MessageMiddleware` and the context processor `messages`.
 *
 * @example
 * ```ts
 * import { Module } from "@nestjs/common";
 * import { NestFactory } from "@nestjs/core";
 * import { MessagesModule } from "onceover/nest";
 *
 * @Module({
 *   imports: [MessagesModule.forRoot({ secret: process.env.SECRET })],
 * })
 * class AppModule {}
 *
 * const app = await NestFactory.create(AppModule);
 * await app.listen(3000);
 * ```
 */
export class MessagesModule implements NestModule {
  readonly #config: Config;
  readonly #host: HttpAdapterHost;

  /** Nest calls it, with what the two static methods provide. */
  constructor(settings: Settings | Config, host: HttpAdapterHost) {
    const config = defineMessages(settings);
    this.#config = config;
    this.#host = host;
    // Fastify runs hooks in the order of registration: this comes before whatever main.ts registers, such as the session.
    host.init$.subscribe(() => {
      if (this.#platform === "fastify") host.httpAdapter.getInstance().register(fastifyPlugin(config, ON_FASTIFY));
    });
  }

  /**
   * The module, with these settings.
   *
   * @param settings see {@link Settings}; or what `defineMessages()` returned.
   * @throws {MessagesError} `invalid-setting`, when the app starts.
   */
  static forRoot<const L extends Levels = RegisteredLevels>(settings: Settings<L> | Config<L> = {}): DynamicModule {
    const config = defineMessages(settings);
    return { module: MessagesModule, providers: [{ provide: SETTINGS, useValue: config }] };
  }

  /**
   * The module, with settings that come from other providers.
   *
   * @param options `useFactory` returns the settings, or a promise of them; it is given what `inject` lists.
   * @throws {MessagesError} `invalid-setting`, when the app starts.
   *
   * @example
   * ```ts
   * import { MessagesModule } from "onceover/nest";
   *
   * export const messagesModule = MessagesModule.forRootAsync({
   *   useFactory: async () => ({ secret: process.env.SECRET }),
   * });
   * ```
   */
  static forRootAsync({ imports = [], inject = [], useFactory }: MessagesAsyncOptions): DynamicModule {
    return { module: MessagesModule, imports, providers: [{ provide: SETTINGS, inject, useFactory }] };
  }

  /** Mounts the messages on Express: Nest calls it after main.ts has mounted the session, and before it adds the routes. */
  configure(): void {
    if (this.#platform === "express") this.#host.httpAdapter.use(expressMiddleware(this.#config, ON_EXPRESS));
  }

  get #platform(): string | undefined {
    return this.#host.httpAdapter?.getType();
  }
}

// What the decorators `@Module({})` and `@Inject()` do; their syntax is not JavaScript.
Module({})(MessagesModule);
Inject(SETTINGS)(MessagesModule, undefined, 0);
Inject(HttpAdapterHost)(MessagesModule, undefined, 1);

/** The messages of a request, as a parameter of a handler. */
export type Messages = AppMessages;

/**
 * Gives a handler the messages of its request.
 *
 * @throws {MessagesError} `no-middleware`, in the request, if {@link MessagesModule} is not imported.
 *
 * @example
 * ```typescript
 * @Post("profile")
 * @Redirect("/profile", 303)
 * save(@Messages() messages: Messages) {
 *   messages.success("Profile updated.");
 * }
 * ```
 */
export const Messages: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const messages = findMessages(context.switchToHttp().getRequest());
  if (messages) return messages;
  throw noMiddleware();
});

/**
 * Adds a success message once a handler has done its work.
 *
 * @param template a text in which `%(name)s` stands for a field of what the handler returned and `%%` for a percent sign;
 *   or a function of what it returned and of the request. An empty text adds no message.
 * @returns a decorator for a handler that returns the saved data. One that returns undefined, null or false, or throws, adds
 *   no message. It must leave sending the response to Nest.
 * @throws {MessagesError} `missing-field`, in the request, if the template asks for a field that the result does not have.
 *
 * Django: `SuccessMessageMixin`.
 *
 * @example
 * ```typescript
 * @Post("authors")
 * @Redirect("/authors", 303)
 * @SuccessMessage("%(name)s was created")
 * create(@Body() author: CreateAuthor) {
 *   return this.authors.save(author);
 * }
 * ```
 */
export function SuccessMessage<T = unknown>(template: SuccessTemplate<T>): MethodDecorator {
  return UseInterceptors(new SuccessMessageInterceptor(template));
}

class SuccessMessageInterceptor<T> implements NestInterceptor<T, T> {
  readonly #template: SuccessTemplate<T>;

  constructor(template: SuccessTemplate<T>) {
    this.#template = template;
  }

  intercept(context: ExecutionContext, handler: CallHandler<T>): Observable<T> {
    // Of a handler that returns an observable, Nest sends the last value.
    let result: T;
    return handler.handle().pipe(
      tap({
        next: (value) => {
          result = value;
        },
        complete: () => announce(context.switchToHttp().getRequest<object>(), this.#template, result),
      }),
    );
  }
}

const ON_EXPRESS: Mount = {
  messages: "`MessagesModule.forRoot(…)` once, in the `imports` of the root module",
  session: "`app.use(session(…))` in main.ts, before `app.listen()`",
  deadline: "before the handler returns, or before it sends the response itself",
};

const ON_FASTIFY: Mount = {
  ...ON_EXPRESS,
  messages:
    `${ON_EXPRESS.messages}; register the session after \`NestFactory.create()\`, and use messages in guards, interceptors ` +
    "and handlers: what `consumer.apply()` mounts runs before them",
  session: "`app.register(session, …)` in main.ts, after `NestFactory.create()`",
};

// Already here: who uses the decorators and forgets the module is to be told.
rememberMount(ON_EXPRESS);
