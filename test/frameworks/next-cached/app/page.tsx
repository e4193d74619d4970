import { Suspense } from "react";
import { Messages } from "@/components/messages";
import { saveProfile } from "./actions";

export default function Profile() {
  return (
    <main>
      <h1>Profile</h1>
      <Suspense fallback={null}>
        <Messages />
      </Suspense>
      <form action={saveProfile}>
        <label>
          Name <input type="text" name="name" />
        </label>
        <button type="submit">Save</button>
      </form>
    </main>
  );
}
