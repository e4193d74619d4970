import { randomBytes } from "node:crypto";
import { join } from "node:path";
import fastifyCookie from "@fastify/cookie";
import fastifyFormbody from "@fastify/formbody";
import fastifySession from "@fastify/session";
import fastifyView from "@fastify/view";
import ejs from "ejs";
import fastify, { type FastifyInstance } from "fastify";
import { type Config, defineMessages } from "onceover";
import { messages } from "onceover/fastify";

const secret = process.env.SECRET;

/** The app, ready to listen. */
export function createApp(config: Config = defineMessages({ secret })): FastifyInstance {
  const app = fastify();

  // Before the session, which takes what the cookies cannot hold, and is to be saved with that in it.
  app.register(messages(config));
  app.register(fastifyCookie);
  app.register(fastifySession, {
    // In development, a new one at each start.
    secret: secret ?? randomBytes(32).toString("hex"),
    // A visitor gets a session when something is put into it, and no sooner.
    saveUninitialized: false,
    rolling: false,
    cookie: { secure: "auto", sameSite: "lax" },
  });
  app.register(fastifyFormbody);
  app.register(fastifyView, { engine: { ejs }, root: join(import.meta.dirname, "views"), layout: "layout" });

  app.get("/", (_request, reply) => reply.view("profile", { title: "Profile" }));

  app.post<{ Body: ProfileForm }>("/", { schema: { body: profileForm }, attachValidation: true }, (request, reply) => {
    if (request.validationError) {
      request.messages.error("A name is needed.");
      return reply.code(422).view("profile", { title: "Profile" });
    }
    request.messages.success(`Saved, ${request.body.name}.`);
    return reply.redirect("/", 303);
  });

  app.get("/about", (_request, reply) => reply.view("about", { title: "About" }));

  return app;
}

interface ProfileForm {
  name: string;
}

/** A name is anything that is not blank. */
const profileForm = {
  type: "object",
  required: ["name"],
  properties: { name: { type: "string", pattern: "\\S" } },
};
