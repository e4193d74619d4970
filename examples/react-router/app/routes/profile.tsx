import { messagesContext } from "onceover/react-router";
import { data, Form, redirect } from "react-router";
import type { Route } from "./+types/profile";

export async function action({ context, request }: Route.ActionArgs) {
  const messages = context.get(messagesContext);
  const name = String((await request.formData()).get("name") ?? "").trim();
  if (name === "") {
    messages.error("A name is needed.");
    return data(null, { status: 422 });
  }
  messages.success(`Saved, ${name}.`);
  return redirect("/", 303);
}

export default function Profile() {
  return (
    <main>
      <title>Profile</title>
      <h1>Profile</h1>
      {/* After a 4xx, loaders run again only if the form says so: the layout's has the message. */}
      <Form method="post" defaultShouldRevalidate>
        <label>
          Name <input name="name" />
        </label>{" "}
        <button type="submit">Save</button>
      </Form>
    </main>
  );
}
