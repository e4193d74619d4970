import { type Request, Router } from "express";
import { type Message, withSuccessMessage } from "onceover";
import { field } from "../forms.ts";

export const signup: Router = Router();

interface Signup {
  readonly name: string;
  readonly email: string;
}

/** Returns the saved data, which brings the success message along; or nothing, and says what is wrong with each field. */
const save = withSuccessMessage("%(name)s, you are on the list.", (req: Request): Signup | undefined => {
  const form = readForm(req);
  const problems = Object.entries(problemsOf(form));
  for (const [name, problem] of problems) req.messages.error(problem, { extraTags: `field-${name}` });
  return problems.length === 0 ? form : undefined;
});

signup.get("/signup", (_req, res) => res.render("signup", { form: {}, errors: {} }));

signup.post("/signup", (req, res) => {
  if (save(req)) return res.redirect(303, "/signup");
  req.messages.warning("Nothing was saved yet: see below.");
  // Taken here, these stand beside their fields; the layout shows the others.
  const errors = { name: takeErrors(req, "name"), email: takeErrors(req, "email") };
  res.status(422).render("signup", { form: readForm(req), errors });
});

function readForm(req: Request): Signup {
  return { name: field(req, "name"), email: field(req, "email") };
}

function problemsOf({ name, email }: Signup): Partial<Signup> {
  return {
    ...(name === "" && { name: "Tell us what to call you." }),
    ...(!/^\S+@\S+\.\S+$/.test(email) && { email: "That is not an e-mail address." }),
  };
}

function takeErrors(req: Request, name: keyof Signup): Message[] {
  return req.messages.take(({ extraTags }) => extraTags === `field-${name}`);
}
