"use client";

import { useActionState } from "react";
import { addAndMiss, addAndReturn, addAndThrow, addInVain } from "./actions";

/** Forms whose Server Functions return what they have to say. */
export default function Answers() {
  const [returned, returnThem] = useActionState(addAndReturn, []);
  const [vain, addThem] = useActionState(addInVain, []);
  return (
    <main>
      <form action={returnThem}>
        <button type="submit">return</button>
      </form>
      <form action={addThem}>
        <button type="submit">in vain</button>
      </form>
      <form action={addAndThrow}>
        <button type="submit">throw</button>
      </form>
      <form action={addAndMiss}>
        <button type="submit">miss</button>
      </form>
      <output>{[...returned, ...vain].join(" ")}</output>
    </main>
  );
}
