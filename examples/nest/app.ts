import { join } from "node:path";
import fastifyCookie from "@fastify/cookie";
import fastifySession from "@fastify/session";
import type { DynamicModule, Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import session from "express-session";
import nunjucks from "nunjucks";
import { registerMessages } from "onceover/nunjucks";
import { AppModule } from "./app.module.ts";
import { sessionSecret } from "./secret.ts";

const views = join(import.meta.dirname, "views");

/** The example on Express, ready to listen. */
export async function createExpressApp(root: Type | DynamicModule = AppModule): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(root, { logger: ["warn", "error"] });
  app.use(session({ secret: sessionSecret, resave: false, saveUninitialized: false }));
  registerMessages(nunjucks.configure(views, { express: app.getHttpAdapter().getInstance() }));
  app.setViewEngine("njk");
  return app;
}

/** How @fastify/view renders the pages. */
const nunjucksView = {
  engine: { nunjucks },
  templates: views,
  viewExt: "njk",
  options: { onConfigure: registerMessages },
};

/** The example on Fastify, ready to listen. */
export async function createFastifyApp(root: Type | DynamicModule = AppModule): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: ["warn", "error"] });
  await app.register(fastifyCookie);
  await app.register(fastifySession, { secret: sessionSecret, saveUninitialized: false, cookie: { secure: false } });
  app.setViewEngine(nunjucksView);
  return app;
}
